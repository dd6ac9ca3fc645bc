/// A language that recommendations are written in.
enum RecommendationLanguage: String, Sendable, CaseIterable {
    case english = "en"
    case russian = "ru"

    private var mark: String { self == .english ? "." : "," }
    private var group: String { self == .english ? "," : "\u{a0}" }

    /// An amount.
    func amount(_ value: Double) -> String { AmountText.text(value, mark: mark, group: group) }

    /// A share as percent.
    func percent(_ share: Double) -> String {
        AmountText.percent(share, mark: mark) + (self == .english ? "%" : "\u{a0}%")
    }

    /// The lower and the upper end of an interval, and how sure it is.
    func interval(
        _ interval: RecommendationFinding.Interval, level: Double,
        _ number: (Double) -> String
    ) -> String {
        let (lower, upper) = (number(interval.lower), number(interval.upper))
        return self == .english
            ? "\(percent(level)) interval \(lower) to \(upper)"
            : "интервал \(percent(level)): от \(lower) до \(upper)"
    }

    /// The sentence of a finding.
    func text(_ finding: RecommendationFinding, level: Double) -> String {
        switch self {
        case .english: EnglishRecommendation(level: level).text(finding)
        case .russian: RussianRecommendation(level: level).text(finding)
        }
    }
}

/// Names of channels are data: they are quoted, and long ones are cut.
enum QuotedNames {
    private static let longest = 60

    static func one(_ name: String) -> String {
        let plain = String(
            name.unicodeScalars.map {
                $0.properties.generalCategory == .control ? " " : Character($0)
            })
        return plain.count > longest ? "'\(plain.prefix(longest))...'" : "'\(plain)'"
    }

    static func list(_ names: [String]) -> String { names.map(one).joined(separator: ", ") }
}
