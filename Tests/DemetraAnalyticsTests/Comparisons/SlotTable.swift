import DemetraAnalytics
import DemetraFunctions
import DemetraTypes

/// Hours of advertising in a relation, whose rate of clicks moves from day to day.
enum SlotTable {
    /// Columns of the rows.
    static let schema = Schema([
        Field(name: "ts", type: .timestamptz), Field(name: "channel", type: .text),
        Field(name: "impressions", type: .bigint), Field(name: "clicks", type: .bigint),
    ])

    /// Monday 2026-01-05, midnight UTC, in hours since 1970.
    private static let start = 490_992

    /// One hour.
    static func row(_ channel: String, _ hour: Int, impressions: Int64, clicks: Int64) -> [Value] {
        [
            .timestamptz(Timestamp(microseconds: Int64(start + hour) * 3_600_000_000)),
            .text(channel), .integer(impressions), .integer(clicks),
        ]
    }

    /// Every hour of some days; `factor` is given the weekday, from Sunday, and the hour.
    static func rows(
        seed: UInt64, days: Int = 60, channel: String = "a", factor: (Int, Int) -> Double
    ) -> [[Value]] {
        var generator = SeededGenerator(seed: seed)
        return (0..<days).flatMap { day -> [[Value]] in
            // About exp(0.2 z), by four terms.
            let x = 0.2 * generator.normal()
            let shock = 1 + x + x * x / 2 + x * x * x / 6 + x * x * x * x / 24
            return (0..<24).map { hour in
                let impressions = 800 + generator.index(below: 400)
                let rate = 0.02 * shock * factor((day + 1) % 7, hour)
                // Binomial counts of this size are close to normal.
                let mean = Double(impressions) * rate
                let scatter = (mean * (1 - rate)).squareRoot() * generator.normal()
                let clicks = Int64(max(0, (mean + scatter).rounded()))
                return row(
                    channel, day * 24 + hour, impressions: Int64(impressions), clicks: clicks)
            }
        }
    }

    /// The rows with their times dealt anew among them.
    static func shuffled(_ rows: [[Value]], seed: UInt64) -> [[Value]] {
        var generator = SeededGenerator(seed: seed)
        return zip(rows, rows.shuffled(using: &generator)).map { [$1[0]] + $0.dropFirst() }
    }
}

extension Value {
    /// A whole number; 0 for all else.
    var count: Int64 { if case .integer(let value) = self { value } else { 0 } }
}
