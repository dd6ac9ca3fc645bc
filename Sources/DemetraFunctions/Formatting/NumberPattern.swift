import DemetraTypes

/// A template of `to_char` over numbers.
///
///     9 digit, blank in front     0 digit, zero in front     . D point     , G separator of thousands
///     S MI PL SG PR signs         FM no padding              TH th ordinal  V shift   EEEE exponent   RN Roman
///
/// - Source: PostgreSQL 15 documentation, tables 9.29 and 9.30.
struct NumberPattern: Sendable {
    /// A part of a template.
    enum Element: Sendable, Equatable {
        /// A digit before the point, counted from the left.
        case digit(Int)
        /// A digit behind the point, counted from the left.
        case fraction(Int)
        case point
        case separator
        case sign(Sign)
        case ordinal(isUpper: Bool)
        case literal(Unicode.Scalar)
    }

    /// How a sign is shown.
    enum Sign: Sendable, Equatable {
        /// `S`: plus or minus, next to the number.
        case anchored
        /// `MI`: minus, else a blank.
        case minus
        /// `PL`: plus, else a blank.
        case plus
        /// `SG`: plus or minus, here.
        case both
        /// `PR`: the number in angle brackets when negative; stands at the end.
        case brackets
    }

    private(set) var elements: [Element] = []
    /// Digits before the point, those of `V` included.
    private(set) var integerCount = 0
    /// Digits behind the point.
    private(set) var fractionCount = 0
    /// The first digit before the point that is written as 0 where the number has none.
    private(set) var firstZero: Int?
    /// The last digit behind the point that FM keeps.
    private(set) var lastKeptFraction = -1
    /// Digits behind `V`.
    private(set) var shift = 0
    /// False with FM.
    private(set) var fills = true
    private(set) var hasExponent = false
    private(set) var isRoman = false
    private(set) var isRomanLower = false

    var hasSign: Bool {
        elements.contains { if case .sign(let sign) = $0 { sign != .plus } else { false } }
    }

    /// - Throws: 42601 for templates that contradict themselves.
    init(_ template: String) throws(DemetraError) {
        var rest = template.unicodeScalars[...]
        var isBehindPoint = false
        var isBehindShift = false
        while let first = rest.first {
            if let word = Self.word(&rest) {
                apply(word)
                continue
            }
            rest.removeFirst()
            switch first {
            case "9", "0":
                if isBehindPoint {
                    elements.append(.fraction(fractionCount))
                    if first == "0" { lastKeptFraction = fractionCount }
                    fractionCount += 1
                } else {
                    if first == "0", firstZero == nil { firstZero = integerCount }
                    elements.append(.digit(integerCount))
                    integerCount += 1
                    if isBehindShift { shift += 1 }
                }
            case ".", "D", "d":
                guard !isBehindPoint else { throw Self.failure("multiple decimal points") }
                guard !isBehindShift else {
                    throw Self.failure("cannot use \"V\" and decimal point together")
                }
                isBehindPoint = true
                elements.append(.point)
            case ",", "G", "g": elements.append(.separator)
            case "S", "s": elements.append(.sign(.anchored))
            case "V", "v":
                guard !isBehindPoint else {
                    throw Self.failure("cannot use \"V\" and decimal point together")
                }
                isBehindShift = true
            case "L", "l": elements.append(.literal(" "))
            case "\"":
                while let scalar = rest.popFirst(), scalar != "\"" {
                    elements.append(.literal(scalar))
                }
            case "\\" where !rest.isEmpty: elements.append(.literal(rest.removeFirst()))
            default: elements.append(.literal(first))
            }
        }
    }

    private static func failure(_ reason: String) -> DemetraError {
        DemetraError(.syntaxError, reason, hint: "Correct the template of to_char.")
    }

    private mutating func apply(_ word: String) {
        switch word {
        case "FM": fills = false
        case "MI": elements.append(.sign(.minus))
        case "PL": elements.append(.sign(.plus))
        case "SG": elements.append(.sign(.both))
        case "PR": elements.append(.sign(.brackets))
        case "TH": elements.append(.ordinal(isUpper: true))
        case "th": elements.append(.ordinal(isUpper: false))
        case "EEEE": hasExponent = true
        case "RN": isRoman = true
        default: (isRoman, isRomanLower) = (true, true)
        }
    }

    private static func word(_ rest: inout Substring.UnicodeScalarView) -> String? {
        for name in ["EEEE", "FM", "MI", "PL", "SG", "PR", "TH", "RN"] {
            let text = String(rest.prefix(name.count))
            guard text.uppercased() == name else { continue }
            rest.removeFirst(name.count)
            return (name == "TH" || name == "RN") && text == name.lowercased() ? text : name
        }
        return nil
    }
}
