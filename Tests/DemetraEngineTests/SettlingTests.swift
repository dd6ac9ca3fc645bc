import Demetra
import DemetraTypes
import Testing

@Suite struct `How days settle` {
    private func number(_ value: Value?) -> Double {
        if case .double(let number)? = value { number } else { .nan }
    }

    private func ages(_ rows: [[String: Value]]) -> [Int64] {
        rows.compactMap { row in
            if case .integer(let age)? = row["age"] { age } else { nil }
        }
    }

    @Test func `the curve is what part of the final value was known at each age`() throws {
        let world = try SettlingWorld(seed: 1, noise: 0)
        let rows = try world.rows(
            "SELECT * FROM SETTLING_CURVE('ads', 'revenue') ORDER BY channel, age")
        for (channel, shares) in SettlingWorld.shares {
            let curve = rows.filter { $0["channel"] == .text(channel) }
            #expect(ages(curve) == Array(1...28))
            for row in curve {
                let age = Int(ages([row])[0])
                let share = age < shares.count ? shares[age] : 1
                #expect(abs(number(row["share"]) - share) < 1e-9, "\(channel) \(age)")
                #expect(row["is_settled"] == .boolean(age >= shares.count), "\(channel) \(age)")
            }
        }
        #expect(rows.allSatisfy { $0["notice"] == .null })
        // It was watched for less than sixty days, and says so.
        let long = try world.rows(
            "SELECT * FROM SETTLING_CURVE('ads', 'revenue', oldest => 100)")
        #expect(ages(long).max() == 60)
        #expect(long.allSatisfy { if case .text? = $0["notice"] { true } else { false } })
    }

    @Test func `what days come to in the end lies in the interval as often as it says`() throws {
        var (held, count) = (0, 0)
        for seed in 1...12 {
            let world = try SettlingWorld(seed: UInt64(seed), noise: 0.05)
            let rows = try world.rows(
                "SELECT *, day - DATE '2026-01-01' AS number FROM EXPECTED_FINAL('ads', 'revenue', "
                    + "oldest => 8) WHERE NOT is_settled")
            for row in rows {
                guard case .text(let channel)? = row["channel"],
                    case .integer(let day)? = row["number"],
                    let final = world.finals[channel]?[Int(day)]
                else { continue }
                let (lower, upper) = (number(row["lower"]), number(row["upper"]))
                #expect(lower <= number(row["expected"]) && number(row["expected"]) <= upper)
                #expect(number(row["known"]) != final)
                #expect(abs(number(row["expected"]) / final - 1) < 0.25)
                count += 1
                if lower <= final, final <= upper { held += 1 }
            }
        }
        #expect(count >= 36)
        #expect(Double(held) >= 0.8 * Double(count), "\(held) of \(count)")
    }

    @Test func `functions leave out the days that are not settled, and say so`() throws {
        let world = try SettlingWorld(seed: 3, noise: 0)
        let call = "FORECAST(%, ts => 'day', value => 'revenue', series => 'channel', horizon => 3"
        func forecast(_ relation: String, _ rest: String) throws -> Rows {
            let text = "SELECT * FROM \(call.replacing("%", with: relation))\(rest)) ORDER BY 1, 2"
            return try world.connection.query(SQL(text))
        }
        let settled = try forecast("TABLE ads", ", settling => 'ads'")
        let cut = try forecast("(SELECT * FROM ads WHERE day <= '\(SettlingWorld.date(56))')", "")
        #expect(settled.map(\.values) == cut.map(\.values))
        #expect(settled.notices.contains { $0.message.contains("settles in 4 days") })
        for function in [
            "DETECT_ANOMALIES(TABLE ads, 'day', 'revenue', series => 'channel', settling => 'ads')",
            "RECOMMEND((SELECT *, 1000.0 AS spend FROM ads), settling => 'ads')",
            "ALLOCATE_BUDGET((SELECT *, 1000.0 AS spend FROM ads), budget => 2000, "
                + "settling => 'ads')",
        ] {
            let text = "SELECT * FROM \(function)"
            let answer = try world.connection.query(SQL(text))
            #expect(answer.notices.contains { $0.message.contains("were left out") }, "\(function)")
        }
    }

    @Test func `the current day is not judged, and deleted rows are gone`() throws {
        let world = try SettlingWorld(seed: 4, noise: 0)
        try world.connection.query(
            SQL(
                "INSERT INTO ads VALUES ('\(SettlingWorld.date(60))', 'meta', 5); "
                    + "DELETE FROM ads WHERE day = '\(SettlingWorld.date(58))'"))
        let rows = try world.rows(
            "SELECT * FROM EXPECTED_FINAL('ads', 'revenue') WHERE channel = 'meta' ORDER BY day DESC"
        )
        #expect(rows[0]["age"] == .integer(0) && rows[0]["expected"] == .null)
        #expect(rows[0]["notice"] == .text("the day is not over"))
        #expect(rows[2]["known"] == .double(0) && rows[2]["expected"] == .null)
    }

    @Test func `views and joins see them`() throws {
        let world = try SettlingWorld(seed: 5, noise: 0)
        try world.connection.query(
            "CREATE VIEW final AS SELECT * FROM EXPECTED_FINAL('ads', 'revenue')")
        let rows = try world.rows(
            "SELECT a.revenue, f.known FROM ads a JOIN final f USING (day, channel)")
        #expect(rows.count == 54)
        for row in rows { #expect(abs(number(row["revenue"]) - number(row["known"])) < 1e-6) }
    }

    @Test(arguments: [
        ("'adz', 'revenue'", "42P01"), ("'ads', 'revenu'", "42703"), ("'ads', 'note'", "42804"),
        ("NULL, 'revenue'", "22023"), ("'ads'", "42883"),
        ("'ads', 'revenue', oldest => 0", "22023"),
        ("'ads', 'revenue', tz => 'Mars'", "22023"), ("'ads', 'revenue', ts => 'note'", "42804"),
        ("'ads', 'revenue', level => 1", "22023"), ("TABLE ads, 'revenue'", "42883"),
    ])
    func `bad arguments are refused`(_ arguments: String, _ code: String) throws {
        let world = try SettlingWorld(seed: 6, noise: 0)
        for function in ["SETTLING_CURVE", "EXPECTED_FINAL"] {
            let error = world.failure("SELECT * FROM \(function)(\(arguments))")
            #expect(error?.sqlState.code == code, "\(function): \(error?.message ?? "no error")")
        }
    }

    @Test func `a table without history, and one without rows`() throws {
        let world = try SettlingWorld(seed: 7, noise: 0, history: false)
        let error = world.failure("SELECT * FROM SETTLING_CURVE('ads', 'revenue')")
        #expect(error?.sqlState.code == "55000")
        try world.connection.query(
            "CREATE TABLE empty (day date PRIMARY KEY, v bigint) WITH (history = '30 days')")
        #expect(try world.rows("SELECT * FROM SETTLING_CURVE('empty', 'v')").isEmpty)
        #expect(try world.rows("SELECT * FROM EXPECTED_FINAL('empty', 'v')").isEmpty)
    }
}
