/// The numbers and dates of a piece of a sentence, as its language writes them.
struct SentenceNumbers {
    /// A number as it was written.
    struct Number: Hashable {
        let value: Double
        /// What its last digit counts: 0.01 for `1.25`, 100,000 for `1.2 million`.
        let step: Double
        let isPercent: Bool

        /// Whether it says the same as another one, rounded to the digits of the rougher one, at most by a hundredth.
        func says(_ other: Number) -> Bool {
            isPercent == other.isPercent
                && isRounded(other.value, step: max(step, other.step))
        }

        /// Whether it is a value, rounded to its digits, at most by a hundredth.
        func isRounded(_ exact: Double) -> Bool { isRounded(exact, step: step) }

        private func isRounded(_ exact: Double, step: Double) -> Bool {
            let distance = abs(value - exact)
            return distance <= step / 2 + 1e-9 * abs(exact) && distance <= 0.01 * abs(exact)
        }
    }

    private(set) var numbers: [Number] = []
    /// As `2026-01-31`.
    private(set) var dates: [String] = []
    /// The piece without them.
    private(set) var rest = ""
    /// Digits in a word, or more of them than a number has.
    private(set) var hasOddDigits = false

    private let scalars: [Unicode.Scalar]
    private let language: RecommendationLanguage
    private var place = 0

    private static let mostDigits = 15
    private static let spaces: Set<Unicode.Scalar> = [" ", "\u{a0}", "\u{202f}"]
    private static let minuses: Set<Unicode.Scalar> = ["-", "\u{2212}"]

    init(_ piece: String, language: RecommendationLanguage) {
        scalars = Array(piece.unicodeScalars)
        self.language = language
        while place < scalars.count {
            if Self.isDigit(scalars[place]) {
                takeNumber()
            } else {
                rest.unicodeScalars.append(scalars[place])
                place += 1
            }
        }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        scalar >= "0" && scalar <= "9"
    }

    private func scalar(_ index: Int) -> Unicode.Scalar? {
        scalars.indices.contains(index) ? scalars[index] : nil
    }

    private func isDigit(_ index: Int) -> Bool { scalar(index).map(Self.isDigit) ?? false }

    private func isLetter(_ index: Int) -> Bool {
        scalar(index)?.properties.isAlphabetic ?? false
    }

    // MARK: Reading

    private mutating func takeNumber() {
        let start = place
        if takeDate() { return }
        if isLetter(start - 1) { hasOddDigits = true }
        var digits = takeDigits()
        takeGroups(&digits)
        var step = 1.0
        if let mark = scalar(place), mark == "." && isDigit(place + 1) || isMark(mark, place) {
            place += 1
            let decimals = takeDigits()
            for _ in decimals { step /= 10 }
            digits += "." + decimals
        }
        guard digits.count <= Self.mostDigits, let size = Double(digits) else {
            hasOddDigits = true
            return
        }
        let scale = takeScale()
        let isPercent = takePercent()
        if isLetter(place) || isDigit(place) { hasOddDigits = true }
        let value = isNegative(start) ? -size : size
        numbers.append(Number(value: value * scale, step: step * scale, isPercent: isPercent))
        rest += " "
    }

    private func isMark(_ scalar: Unicode.Scalar, _ index: Int) -> Bool {
        language == .russian && scalar == "," && isDigit(index + 1)
    }

    /// A minus belongs to the number unless something stands before it, as in `5-10`.
    private func isNegative(_ start: Int) -> Bool {
        guard let sign = scalar(start - 1), Self.minuses.contains(sign) else { return false }
        guard let before = scalar(start - 2) else { return true }
        return Self.spaces.contains(before) || before == "(" || before == ":"
    }

    private mutating func takeDigits() -> String {
        var digits = ""
        while let scalar = scalar(place), Self.isDigit(scalar) {
            digits.unicodeScalars.append(scalar)
            place += 1
        }
        return digits
    }

    /// Groups of three digits behind one to three.
    private mutating func takeGroups(_ digits: inout String) {
        guard digits.count <= 3 else { return }
        while let mark = scalar(place),
            language == .english ? mark == "," : Self.spaces.contains(mark),
            (1...3).allSatisfy({ isDigit(place + $0) }), !isDigit(place + 4)
        {
            place += 1
            digits += takeDigits()
        }
    }

    private mutating func takeDate() -> Bool {
        let form = "0000-00-00".unicodeScalars
        let end = place + form.count
        guard end <= scalars.count, !isDigit(place - 1), !isDigit(end),
            zip(form, scalars[place..<end]).allSatisfy({ pattern, scalar in
                pattern == "0" ? Self.isDigit(scalar) : scalar == pattern
            })
        else { return false }
        dates.append(String(String.UnicodeScalarView(scalars[place..<end])))
        place = end
        return true
    }

    // MARK: What stands behind a number

    /// The letters at a place, lower case.
    private func word(at start: Int) -> String {
        var word = ""
        var index = start
        while let scalar = scalar(index), scalar.properties.isAlphabetic {
            word.unicodeScalars.append(scalar)
            index += 1
        }
        return word.lowercased()
    }

    private var behindBlank: Int {
        scalar(place).map(Self.spaces.contains) ?? false ? place + 1 : place
    }

    /// `K`, `million`, `тыс`: what the number is multiplied by.
    private mutating func takeScale() -> Double {
        for start in Set([place, behindBlank]).sorted() {
            let word = word(at: start)
            guard !word.isEmpty, let scale = Self.scale(word, isAttached: start == place) else {
                continue
            }
            place = start + word.unicodeScalars.count
            return scale
        }
        return 1
    }

    private static func scale(_ word: String, isAttached: Bool) -> Double? {
        switch word {
        case "k" where isAttached: return 1e3
        case "b" where isAttached, "bn" where isAttached: return 1e9
        case "thousand", "тыс": return 1e3
        case "million", "млн": return 1e6
        case "billion", "млрд": return 1e9
        default: break
        }
        if word.hasPrefix("тысяч") { return 1e3 }
        if word.hasPrefix("миллион") { return 1e6 }
        return word.hasPrefix("миллиард") ? 1e9 : nil
    }

    /// `%`, `percent`, `процентов`; percentage points are no percent.
    private mutating func takePercent() -> Bool {
        let start = behindBlank
        if scalar(start) == "%" {
            place = start + 1
            return true
        }
        let word = word(at: start)
        let isPercent =
            word == "percent"
            || word.hasPrefix("процент") && !word.hasPrefix("процентн")
        if isPercent { place = start + word.unicodeScalars.count }
        return isPercent
    }
}
