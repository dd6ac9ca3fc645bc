package import DemetraTypes

/// How a metric wants to be read: `number 2`, `integer`, `percent 1`, `money USD 2`.
///
/// A word, for money a currency of three letters, then how many digits stand behind the point: 2 where nothing is
/// said, at most 10.
package struct MetricFormat: Sendable, Hashable {
    /// The kinds.
    package enum Kind: Sendable, Hashable {
        case number
        /// The value times 100, with a percent sign.
        case percent
        /// A currency in front.
        case money(String)
    }

    /// The kind.
    package let kind: Kind
    /// Digits behind the point.
    package let digits: Int

    /// Reads a format.
    ///
    /// - Throws: 22023 for what is none.
    package init(_ text: String) throws(DemetraError) {
        var words = text.split(separator: " ").map { String($0) }
        let refusal = DemetraError(
            .invalidParameterValue, "\"\(text)\" is no format of a metric",
            hint: "Write 'number 2', 'integer', 'percent 1' or 'money USD 2'.")
        guard !words.isEmpty else { throw refusal }
        let word = words.removeFirst().lowercased()
        switch word {
        case "integer":
            guard words.isEmpty else { throw refusal }
            kind = .number
            digits = 0
            return
        case "number": kind = .number
        case "percent": kind = .percent
        case "money":
            guard let currency = words.first, currency.utf8.count == 3,
                currency.utf8.allSatisfy({ $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") })
            else { throw refusal }
            words.removeFirst()
            kind = .money(currency)
        default: throw refusal
        }
        guard let last = words.first else {
            digits = 2
            return
        }
        guard words.count == 1, let count = Int(last), (0...10).contains(count) else {
            throw refusal
        }
        digits = count
    }

    /// A number in the format, with thousands apart: `USD 1,234.50`, `12.3 %`.
    package func text(_ value: Decimal) throws(DemetraError) -> String {
        let scaled = kind == .percent ? try value.multiplied(by: Decimal(Int64(100))) : value
        let rounded = try scaled.rounded(to: digits)
        var text = rounded.description
        let isNegative = text.hasPrefix("-")
        if isNegative { text.removeFirst() }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        var whole = ""
        for (index, digit) in parts[0].enumerated() {
            if index > 0, (parts[0].count - index) % 3 == 0 { whole += "," }
            whole.append(digit)
        }
        let number = (isNegative ? "-" : "") + whole + (parts.count > 1 ? "." + parts[1] : "")
        switch kind {
        case .number: return number
        case .percent: return number + " %"
        case .money(let currency): return currency + " " + number
        }
    }
}
