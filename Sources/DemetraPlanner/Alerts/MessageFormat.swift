/// How a placeholder of a message shows its value: the part behind the colon in `{spend:,.2f}`.
///
///     .2f    12345.68      two digits behind the point
///     ,.2f   12,345.68     thousands apart
///     .1%    12.3%         a fraction as per cent
///     d      12346         a whole number
///     s      text          as the value is shown without a format
///
/// - Source: a subset of Python's format specification, which the rules of advertising teams use.
package struct MessageFormat: Sendable, Hashable {
    /// What is shown.
    package enum Style: Sendable, Hashable {
        case fixed
        case percent
        case whole
        case text
    }

    /// The most digits behind the point.
    package static let mostDigits = 20

    /// What is shown.
    package let style: Style
    /// Commas between thousands.
    package let groupsThousands: Bool
    /// Digits behind the point; nil when not written, which means 6 as in Python.
    package let digits: Int?

    /// Reads a format; nil for one that does not exist.
    package init?(_ text: some StringProtocol) {
        var rest = text[...]
        groupsThousands = rest.first == ","
        if groupsThousands { rest = rest.dropFirst() }
        var digits: Int?
        if rest.first == "." {
            let number = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
            guard let value = Int(number), value <= Self.mostDigits else { return nil }
            digits = value
            rest = rest.dropFirst(number.count + 1)
        }
        self.digits = digits
        switch rest {
        case "f": style = .fixed
        case "%": style = .percent
        case "d" where digits == nil: style = .whole
        case "s" where digits == nil && !groupsThousands: style = .text
        default: return nil
        }
    }

    /// True when only a number can be shown so.
    package var needsNumber: Bool { style != .text }
}
