import Demetra
import DemetraTesting
import Testing

/// Filled gaps say what a plain model of the rows says.
@Suite struct `Gaps of random rows` {
    private struct Event {
        let series: Int
        let minute: Int
        let value: Int?
    }

    /// What one bucket of one series has.
    private struct Line: Equatable, CustomStringConvertible {
        let sum: Int?
        let carried: Int?
        let drawn: Double?
        let count: Int

        static func == (left: Line, right: Line) -> Bool {
            guard left.sum == right.sum, left.carried == right.carried, left.count == right.count
            else { return false }
            switch (left.drawn, right.drawn) {
            case (nil, nil): return true
            case (let a?, let b?): return abs(a - b) < 1e-6
            default: return false
            }
        }

        var description: String {
            "sum \(sum as Any), carried \(carried as Any), drawn \(drawn as Any), count \(count)"
        }
    }

    private struct Key: Hashable {
        let series: Int
        let minute: Int
    }

    @Test(arguments: Seed.some(60))
    func `are filled from the known values around them`(seed: Seed) throws {
        var random = seed.generator
        let width = [5, 10, 15, 30, 60].randomElement(using: &random) ?? 5
        let events = (0..<Int.random(in: 1...30, using: &random)).map { _ in
            Event(
                series: Int.random(in: 0..<3, using: &random),
                minute: Int.random(in: 0..<600, using: &random),
                value: Int.random(in: 0..<5, using: &random) == 0
                    ? nil : Int.random(in: -50..<50, using: &random))
        }
        let start = Int.random(in: 0..<400, using: &random)
        let finish = start + Int.random(in: 1...300, using: &random)
        let reach = Int.random(in: 0...200, using: &random)
        let isBounded = Bool.random(using: &random)

        let database = try Database.inMemory(
            configuration: DatabaseConfiguration(processorCount: 2))
        let connection = database.connect()
        try connection.query("CREATE TABLE e (series int, ts timestamp, value int)")
        let rows = events.map { event in
            "(\(event.series), TIMESTAMP '2026-01-01' + INTERVAL '\(event.minute) minutes', "
                + "\(event.value.map { "\($0)" } ?? "NULL"))"
        }
        try connection.query(SQL("INSERT INTO e VALUES " + rows.joined(separator: ", ")))
        func time(_ minute: Int) -> String {
            "TIMESTAMP '2026-01-01' + INTERVAL '\(minute) minutes'"
        }
        let bounds = isBounded ? ", \(time(start)), \(time(finish))" : ""
        let query = """
            SELECT series, (extract(epoch FROM b - TIMESTAMP '2026-01-01') / 60)::int, s, c, d::float8, n
            FROM (
                SELECT series, time_bucket_gapfill('\(width) minutes', ts\(bounds)) AS b, sum(value) AS s,
                       locf(sum(value), INTERVAL '\(reach) minutes') AS c,
                       interpolate(sum(value), INTERVAL '\(reach) minutes') AS d, fill(count(*), 0) AS n
                FROM e GROUP BY series, b
            ) AS t
            """
        var answer: [Key: Line] = [:]
        for row in try connection.query(SQL(query)) {
            func integer(_ index: Int) -> Int? {
                if case .integer(let number) = row.values[index] { Int(number) } else { nil }
            }
            var drawn: Double?
            if case .double(let number) = row.values[4] { drawn = number }
            answer[Key(series: integer(0) ?? -1, minute: integer(1) ?? -1)] = Line(
                sum: integer(2), carried: integer(3), drawn: drawn, count: integer(5) ?? -1)
        }
        let model = Model(events: events, width: width, reach: reach)
        let expected = model.lines(
            from: isBounded ? start : nil, to: isBounded ? finish : nil)
        #expect(answer == expected, "\(seed) \(query)")
    }

    /// The definition, bucket by bucket.
    private struct Model {
        let events: [Event]
        let width: Int
        let reach: Int

        private func bucket(_ minute: Int) -> Int { minute / width * width }

        /// The sum of a bucket, where it is known.
        private func sum(_ series: Int, _ bucket: Int) -> Int? {
            let values = events.filter { $0.series == series && self.bucket($0.minute) == bucket }
                .compactMap(\.value)
            return values.isEmpty ? nil : values.reduce(0, +)
        }

        func lines(from start: Int?, to finish: Int?) -> [Key: Line] {
            let all = events.map { bucket($0.minute) }
            let first = start.map { bucket($0) } ?? all.min() ?? 0
            let end = finish ?? (all.max() ?? 0) + 1
            var result: [Key: Line] = [:]
            for series in Set(events.map(\.series)) {
                let known = Set(all).filter { sum(series, $0) != nil }.sorted()
                for minute in stride(from: first, to: end, by: width) {
                    let before = known.last { $0 <= minute }
                    let after = known.first { $0 > minute }
                    var drawn: Double?
                    if let before, before == minute {
                        drawn = sum(series, before).map { Double($0) }
                    } else if let before, let after, after - before <= reach,
                        let low = sum(series, before), let high = sum(series, after)
                    {
                        let part = Double(minute - before) / Double(after - before)
                        drawn = Double(low) + Double(high - low) * part
                    }
                    result[Key(series: series, minute: minute)] = Line(
                        sum: sum(series, minute),
                        carried: before.flatMap {
                            minute - $0 <= reach ? sum(series, $0) : nil
                        },
                        drawn: drawn,
                        count: events.filter {
                            $0.series == series && bucket($0.minute) == minute
                        }.count)
                }
            }
            return result
        }
    }
}
