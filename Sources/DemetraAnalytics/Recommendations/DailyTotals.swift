import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// The sums of each day and channel: what all recommendations but those of hours are made from.
struct DailyTotals: Sendable {
    /// `date`, `channel`, and the columns of numbers under their usual names.
    let relation: EvidenceRelation
    /// One entry for each day and channel, in order.
    let entries: [Entry]
    /// Rows whose spend is negative, which do not count, and their sum.
    let negative: (rows: Int, spend: Double)

    /// A day of a channel.
    struct Entry: Sendable {
        let day: Int64
        let channel: String
        /// In the order of `RecommendColumns.numbers`: spend, revenue, and the others.
        var sums: [Double]
    }

    private struct Key: Hashable {
        let day: Int64
        let channel: String
    }

    /// Sums up the rows that have a day and a channel.
    init(_ rows: RelationColumns, _ columns: RecommendColumns, sql: String, zone: TimeZoneRules) {
        let days = DayColumn.days(rows, columns.time, zone: zone)
        let names = rows.texts(columns.channel)
        let numbers = columns.numbers.map { rows.numbers($0.column) }
        var places: [Key: Int] = [:]
        var entries: [Entry] = []
        var negative = (rows: 0, spend: 0.0)
        for row in 0..<rows.rowCount {
            guard let day = days[row], let channel = names[row] else { continue }
            guard !(numbers[0][row] < 0) else {
                negative.rows += 1
                negative.spend += numbers[0][row]
                continue
            }
            let key = Key(day: day, channel: channel)
            let place = places[key] ?? entries.count
            if place == entries.count {
                places[key] = place
                entries.append(
                    Entry(
                        day: day, channel: channel,
                        sums: Array(repeating: 0, count: numbers.count)))
            }
            for index in numbers.indices where !numbers[index][row].isNaN {
                entries[place].sums[index] += numbers[index][row]
            }
        }
        entries.sort { ($0.day, $0.channel) < ($1.day, $1.channel) }
        self.entries = entries
        self.negative = negative
        relation = EvidenceRelation(
            schema: Self.schema(columns), batches: Self.batches(entries, columns),
            sql: Self.sql(rows.schema, columns, sql))
    }

    private static func schema(_ columns: RecommendColumns) -> Schema {
        Schema(
            [Field(name: "date", type: .date), Field(name: "channel", type: .text)]
                + columns.numbers.map { Field(name: $0.name, type: .double) })
    }

    private static func batches(
        _ entries: [Entry], _ columns: RecommendColumns
    ) -> [Batch] {
        ResultColumn.batches(
            self.columns(entries, columns), schema: schema(columns), rowCount: entries.count)
    }

    /// Entries as the columns of `relation`.
    static func columns(_ entries: [Entry], _ columns: RecommendColumns) -> [ResultColumn] {
        [
            .values(entries.map { .date(CalendarDate(day: $0.day)) }),
            .texts(entries.map(\.channel)),
        ] + columns.numbers.indices.map { index in .doubles(entries.map { $0.sums[index] }) }
    }

    private static func sql(
        _ schema: Schema, _ columns: RecommendColumns, _ source: String
    ) -> String {
        func name(_ column: Int) -> String { IdentifierText.quoted(schema.fields[column].name) }
        let sums = columns.numbers.map { "sum(\(name($0.column))) AS \($0.name)" }
        return "(SELECT \(name(columns.time))::date AS date, \(name(columns.channel)) AS channel, "
            + sums.joined(separator: ", ") + " FROM \(source) WHERE \(name(columns.channel)) "
            + "IS NOT NULL AND coalesce(\(name(columns.spend)), 0) >= 0 GROUP BY 1, 2)"
    }

    // MARK: Figures

    /// The first and the last day; nil without rows.
    var days: ClosedRange<Int64>? {
        guard let first = entries.first, let last = entries.last else { return nil }
        return first.day...last.day
    }

    /// Days that have rows.
    var dayCount: Int { Set(entries.map(\.day)).count }

    /// What was spent in all.
    var spend: Double { entries.reduce(0) { $0 + $1.sums[0] } }

    /// What came back in all.
    var revenue: Double { entries.reduce(0) { $0 + $1.sums[1] } }

    /// All channels.
    var channels: Set<String> { Set(entries.map(\.channel)) }

    /// What was spent each day of the last four weeks, or of all days when they are fewer, in all channels.
    var presentSpend: Double {
        guard let days else { return 0 }
        let count = min(28, days.upperBound - days.lowerBound + 1)
        let recent = entries.lazy.filter { $0.day > days.upperBound - count }
        return recent.reduce(0) { $0 + $1.sums[0] } / Double(count)
    }
}
