/// A language that recommendations are written in.
enum RecommendationLanguage: String, Sendable, CaseIterable {
    case english = "en"
    case russian = "ru"

    /// The sentence of a finding; intervals are of `level`.
    func text(_ finding: RecommendationFinding, level: Double) -> String {
        let numbers = RecommendationNumbers(language: self, level: level)
        return switch self {
        case .english: EnglishRecommendation(numbers: numbers).text(finding)
        case .russian: RussianRecommendation(numbers: numbers).text(finding)
        }
    }
}

/// Numbers as a language writes them.
struct RecommendationNumbers {
    let language: RecommendationLanguage
    /// Of intervals.
    let level: Double

    private var mark: String { language == .english ? "." : "," }
    private var group: String { language == .english ? "," : "\u{a0}" }

    func amount(_ value: Double) -> String { AmountText.text(value, mark: mark, group: group) }

    /// A share as percent.
    func percent(_ share: Double) -> String {
        AmountText.percent(share, mark: mark) + (language == .english ? "%" : "\u{a0}%")
    }

    /// The lower and the upper end of an interval, and how sure it is.
    func interval(
        _ interval: RecommendationFinding.Interval, _ number: (Double) -> String
    ) -> String {
        let (lower, upper) = (number(interval.lower), number(interval.upper))
        return language == .english
            ? "\(percent(level)) interval \(lower) to \(upper)"
            : "интервал \(percent(level)): от \(lower) до \(upper)"
    }

    /// A difference of shares in percentage points, with its interval.
    func points(_ difference: RecommendationFinding.Interval) -> String {
        "\(amount(100 * difference.value)), " + interval(difference) { amount(100 * $0) }
    }
}

/// Names of channels are data: they are quoted, and long ones are cut.
enum QuotedNames {
    private static let longest = 60

    static func one(_ name: String) -> String { "'\(shown(name))'" }

    static func list(_ names: [String]) -> String { names.map(one).joined(separator: ", ") }

    /// A name as it stands between its quotes.
    static func shown(_ name: String) -> String { plain(name, longest: longest) }

    /// A text of one line, cut when it is long.
    static func plain(_ text: String, longest: Int) -> String {
        let plain = String(
            text.unicodeScalars.map {
                $0.properties.generalCategory == .control ? " " : Character($0)
            })
        return plain.count > longest ? "\(plain.prefix(longest))..." : plain
    }
}
