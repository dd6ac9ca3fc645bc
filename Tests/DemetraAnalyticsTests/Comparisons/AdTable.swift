import DemetraAnalytics
import DemetraFunctions
import DemetraTypes

/// Days of advertising in a relation: a row per day and channel, with noise that days share.
struct AdTable {
    /// Columns of the rows.
    static let schema = Schema([
        Field(name: "date", type: .date), Field(name: "channel", type: .text),
        Field(name: "age", type: .text), Field(name: "gender", type: .text),
        Field(name: "spend", type: .double), Field(name: "revenue", type: .double),
        Field(name: "clicks", type: .bigint), Field(name: "impressions", type: .bigint),
        Field(name: "conversions", type: .bigint),
    ])

    /// The first day.
    static let start: Int32 = 20_000

    /// The index of a column.
    static func column(_ name: String) -> Int { schema.index(of: name) ?? 0 }

    var channels = ["Email", "Search", "TikTok", "Display", "Video"]
    var days = 60
    /// The log deviation of a day's revenue; its tail is heavy.
    var noise = 0.8
    /// What a channel returns, as a multiple.
    var lift: [String: Double] = [:]

    /// The rows from one seed.
    func rows(seed: UInt64) -> [[Value]] {
        var generator = SeededGenerator(seed: seed)
        var rows: [[Value]] = []
        for day in 0..<days {
            let shock = exponential(0.3 * generator.normal())
            for channel in channels {
                let factor = lift[channel] ?? 1
                let spend = 100 * exponential(0.4 * generator.normal())
                let revenue = 2 * spend * shock * factor * exponential(noise * generator.normal())
                let impressions = (3_000 * exponential(0.5 * generator.normal())).rounded()
                let rate = min(0.5, 0.02 * factor * exponential(0.3 * generator.normal()))
                let clicks = (impressions * rate).rounded()
                let age = ["18-24", "25-34", "35-44"][generator.index(below: 3)]
                let gender = ["F", "M"][generator.index(below: 2)]
                rows.append([
                    .date(CalendarDate(days: Self.start + Int32(day))), .text(channel), .text(age),
                    .text(gender), .double(spend), .double(revenue), .integer(Int64(clicks)),
                    .integer(Int64(impressions)), .integer(Int64((clicks * 0.1).rounded())),
                ])
            }
        }
        return rows
    }

    /// The rows with the values of some columns dealt anew among them.
    static func shuffled(_ rows: [[Value]], _ columns: [String], seed: UInt64) -> [[Value]] {
        var generator = SeededGenerator(seed: seed)
        let order = rows.indices.shuffled(using: &generator)
        let places = columns.map(column)
        return zip(rows, order).map { row, other in
            var row = row
            for place in places { row[place] = rows[other][place] }
            return row
        }
    }

    private func exponential(_ x: Double) -> Double {
        // Enough digits for data, and the same on every machine.
        var (term, sum) = (1.0, 1.0)
        for step in 1...30 {
            term *= x / Double(step)
            sum += term
        }
        return sum
    }
}
