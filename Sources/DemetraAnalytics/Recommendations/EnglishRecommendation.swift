/// Recommendations in English.
struct EnglishRecommendation {
    let numbers: RecommendationNumbers
    private static let weekdays = [
        "Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays",
    ]

    func text(_ finding: RecommendationFinding) -> String {
        let amount = numbers.amount
        let percent = numbers.percent
        switch finding {
        case .move(let sum, let from, let to, let present, let expected, let odds):
            return "Move \(amount(sum)) a day from \(QuotedNames.list(from)) to "
                + "\(QuotedNames.list(to)): revenue a day is expected to go from "
                + "\(amount(present)) to \(amount(expected.value)) "
                + "(\(numbers.interval(expected, amount))); the odds that this split beats the present "
                + "one are \(percent(odds))."
        case .loss(let channel, let spend, let roi):
            return "Pause or rework \(QuotedNames.one(channel)): \(amount(spend)) were spent at an "
                + "ROI of \(percent(roi.value)) (\(numbers.interval(roi, percent)))."
        case .winner(let channel, let roi, let marginal):
            return "Give \(QuotedNames.one(channel)) more: its ROI of \(percent(roi.value)) "
                + "(\(numbers.interval(roi, percent))) is better than that of the other channels, and the "
                + "next unit of spend is expected to return \(amount(marginal))."
        case .departure(let channel, let metric, let day, let value, let expected):
            let found = value.map { "was \(amount($0))" } ?? "is missing"
            return "Look into \(QuotedNames.one(channel)): \(metric) of \(day) \(found), where "
                + "\(amount(expected.lower)) to \(amount(expected.upper)) was expected."
        case .fatigue(let channel, let recent, let before, let drop):
            return "Refresh the creatives of \(QuotedNames.one(channel)): \(percent(recent)) of "
                + "impressions were clicked in the last 14 days, \(percent(before)) in the four "
                + "weeks before (difference in percentage points: \(numbers.points(drop)))."
        case .time(let channel, let weekday, let hour, let rate, let lift):
            return "Test more spend "
                + (hour.map { "at \($0):00" } ?? weekday.map { "on \(Self.weekdays[$0 % 7])" } ?? "")
                + (channel.map { " in \(QuotedNames.one($0))" } ?? "")
                + ": \(percent(rate.value)) of impressions are clicked then "
                + "(\(numbers.interval(rate, percent))), \(percent(lift)) more than over all. This was "
                + "observed, not tested."
        case .spellings(let names):
            return "Count \(QuotedNames.list(names)) as one channel, or rename them: the names "
                + "differ in case or blanks alone, and all figures are split between them."
        case .negativeSpend(let rows, let sum):
            return
                "Check the import: rows with a negative spend: \(rows), \(amount(sum)) in all. They "
                + "were left out."
        case .missingDays(let count, let first):
            return "Check the import: days without rows: \(count), the first is \(first)."
        case .tooLittle(let days, let needed):
            return "Too little data to recommend anything: \(days) days, at least \(needed) are "
                + "needed."
        case .nothing(let days):
            return "Keep the present course: in \(days) days no change is shown to be better."
        case .overview(let days, let channels, let spend, let revenue, let roi):
            return "Days: \(days), channels: \(channels), spend: \(amount(spend)), revenue: "
                + amount(revenue) + (roi.map { ", ROI: \(percent($0))" } ?? "") + "."
        }
    }
}
