/// Makes column names that need no quotes from the header of a file.
///
///     Campaign_ID               campaign_id
///     Click Through Rate (%)    click_through_rate
///     2024                      _2024
///     (empty)                   column_3, by position
///     Cost, cost                cost, cost_2
///
/// Letters of any alphabet stay; everything else between them becomes one underscore.
package enum HeaderNormaliser {
    /// One distinct name for each field of a header.
    package static func names(_ header: [String]) -> [String] {
        var names: [String] = []
        var taken: Set<String> = []
        for (index, field) in header.enumerated() {
            let wished = name(field) ?? "column_\(index + 1)"
            var name = wished
            var number = 2
            while !taken.insert(name).inserted {
                name = "\(wished)_\(number)"
                number += 1
            }
            names.append(name)
        }
        return names
    }

    /// The name of one field; nil when no letter or digit is left.
    static func name(_ field: String) -> String? {
        var name = ""
        var hasGap = false
        for character in field.lowercased() {
            if character.isLetter || character.isNumber {
                if hasGap, !name.isEmpty { name.append("_") }
                hasGap = false
                name.append(character)
            } else {
                hasGap = true
            }
        }
        guard let first = name.first else { return nil }
        return first.isNumber ? "_" + name : name
    }
}
