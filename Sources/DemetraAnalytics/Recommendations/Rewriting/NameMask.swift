/// Names of channels in a sentence: data, which is taken out before its words and numbers are looked at.
struct NameMask {
    /// What is left, cut where names stood.
    private(set) var pieces: [String]
    /// The names that were found, by number, in the order of the sentence.
    private(set) var found: [Int] = []

    /// Quotes that may stand around a name.
    private static let quotes: [(open: Character, close: Character)] = [
        ("'", "'"), ("\"", "\""), ("«", "»"), ("“", "”"), ("‘", "’"), ("„", "“"),
    ]
    /// Shorter names are words like others unless they are quoted.
    private static let shortestBare = 3

    private enum Part {
        case text(Substring)
        case name(Int)
    }

    /// Takes the names out: in quotes; without them where they are letters and no number, at the ends of words.
    init(_ sentence: String, names: [String]) {
        var parts = [Part.text(sentence[...])]
        // The longest first: `Google Ads` is not Google.
        let order = names.indices.sorted { names[$0].count > names[$1].count }
        for number in order where !names[number].isEmpty {
            for (open, close) in Self.quotes {
                parts = Self.split(
                    parts, by: "\(open)\(names[number])\(close)", number, isBare: false)
            }
        }
        for number in order where Self.standsBare(names[number]) {
            parts = Self.split(parts, by: names[number], number, isBare: true)
        }
        pieces = []
        for part in parts {
            switch part {
            case .text(let text): pieces.append(String(text))
            case .name(let number): found.append(number)
            }
        }
    }

    private static func standsBare(_ name: String) -> Bool {
        name.count >= shortestBare && name.first?.isLetter == true && name.last?.isLetter == true
            && name.allSatisfy { $0.isLetter || $0 == " " || $0 == "-" || $0 == "&" }
    }

    private static func split(
        _ parts: [Part], by name: String, _ number: Int, isBare: Bool
    ) -> [Part] {
        parts.flatMap { part -> [Part] in
            guard case .text(let whole) = part else { return [part] }
            var result: [Part] = []
            var rest = whole
            var from = whole.startIndex
            while let range = whole[from...].firstRange(of: name) {
                let isWord = !isBare || isWhole(range, in: whole)
                if isWord {
                    result += [.text(rest[..<range.lowerBound]), .name(number)]
                    rest = whole[range.upperBound...]
                }
                from = range.upperBound
            }
            return result + [.text(rest)]
        }
    }

    private static func isWhole(_ range: Range<String.Index>, in text: Substring) -> Bool {
        func isPart(_ character: Character?) -> Bool {
            character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
        }
        return !isPart(text[..<range.lowerBound].last) && !isPart(text[range.upperBound...].first)
    }
}
