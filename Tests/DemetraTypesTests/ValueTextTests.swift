import DemetraTypes
import Testing

@Suite struct `Text of values` {
    @Test func `numbers read and write as in PostgreSQL`() {
        let tables: [(LogicalType, [(String, String)])] = [
            (.smallint, NumberTextCases.int2), (.integer, NumberTextCases.int4),
            (.bigint, NumberTextCases.int8), (.double, NumberTextCases.double),
            (.real, NumberTextCases.real), (.numeric(nil), NumberTextCases.numeric),
            (.boolean, NumberTextCases.bool), (.uuid, NumberTextCases.uuid),
            (.bytea, NumberTextCases.bytea),
        ]
        for (type, cases) in tables {
            for (text, expected) in cases {
                #expect(reread(text, type) == expected, "\(type) \"\(text)\"")
            }
        }
    }

    @Test func `dates, times and intervals read and write as in PostgreSQL`() {
        let tables: [(LogicalType, [(String, String)])] = [
            (.date, DateTimeTextCases.date), (.timestamp, DateTimeTextCases.timestamp),
            (.timestamptz, DateTimeTextCases.timestamptz), (.time, DateTimeTextCases.time),
            (.interval, DateTimeTextCases.interval),
        ]
        for (type, cases) in tables {
            for (text, expected) in cases {
                #expect(reread(text, type) == expected, "\(type) \"\(text)\"")
            }
        }
    }

    @Test func `fields limit what an interval literal counts and keeps`() {
        for (text, fields, expected) in DateTimeTextCases.limitedInterval {
            let result = answer { () throws(DemetraError) in
                IntervalText.text(try IntervalText.parse(text, fields: fields))
            }
            #expect(result == expected, "interval '\(text)' \(fields)")
        }
    }

    @Test(arguments: [
        (LogicalType.integer, "abc", "invalid input syntax for type integer: \"abc\""),
        (.integer, "3000000000", "value \"3000000000\" is out of range for type integer"),
        (.double, "x", "invalid input syntax for type double precision: \"x\""),
        (.double, "1e999", "\"1e999\" is out of range for type double precision"),
        (.numeric(nil), "1.2.3", "invalid input syntax for type numeric: \"1.2.3\""),
        (.boolean, "maybe", "invalid input syntax for type boolean: \"maybe\""),
        (.date, "x", "invalid input syntax for type date: \"x\""),
        (.date, "2023-02-29", "date/time field value out of range: \"2023-02-29\""),
        (.timestamp, "x", "invalid input syntax for type timestamp: \"x\""),
        (.timestamp, "300000-01-01", "timestamp out of range: \"300000-01-01\""),
        (.timestamptz, "x", "invalid input syntax for type timestamp with time zone: \"x\""),
        (.time, "x", "invalid input syntax for type time: \"x\""),
        (.interval, "x", "invalid input syntax for type interval: \"x\""),
        (.uuid, "x", "invalid input syntax for type uuid: \"x\""),
    ])
    func `an error names the type and the text`(
        type: LogicalType, text: String, message: String
    ) {
        #expect(throws: (any Error).self) { try ValueText.parse(text, as: type) }
        do throws(DemetraError) {
            _ = try ValueText.parse(text, as: type)
        } catch {
            #expect(error.message == message)
        }
    }

    @Test func `now and today mean what the statement's time says`() throws {
        let now = try timestamp("2024-03-31 23:30:00")
        let berlin = try systemZones.rules("Europe/Berlin")
        func text(_ word: String, _ type: LogicalType) -> String {
            answer { () throws(DemetraError) in
                let value = try ValueText.parse(word, as: type, zone: berlin, now: now)
                return ValueText.text(value, type: type, zone: berlin) ?? ""
            }
        }
        #expect(text("now", .timestamptz) == "2024-04-01 01:30:00+02")
        #expect(text("now", .timestamp) == "2024-04-01 01:30:00")
        #expect(text("today", .date) == "2024-04-01")
        #expect(text("yesterday", .date) == "2024-03-31")
        #expect(text("tomorrow 10:15", .timestamp) == "2024-04-02 10:15:00")
        #expect(reread("today", .date) == "ERR 22007")
    }

    @Test func `a double reads back from its text exactly`() throws {
        var random = SeededGenerator(seed: 23)
        for round in 0..<20_000 {
            var value = Double(bitPattern: random.next())
            if round % 3 == 0 {
                value = Double(Int64(truncatingIfNeeded: random.next()) >> 20) / 1_000
            }
            if round % 3 == 1 { value = Double.random(in: -1e18...1e18, using: &random).rounded() }
            guard value.isFinite else { continue }
            let text = FloatText.text(value)
            #expect(Double(text) == value, "seed \(random.seed): \(text)")
            let single = Float(truncating: value)
            #expect(Float(FloatText.text(single)) == single, "seed \(random.seed): \(single)")
        }
    }
}

extension Float {
    /// The float next to a double, kept finite.
    fileprivate init(truncating value: Double) {
        self = min(max(Float(value), -.greatestFiniteMagnitude), .greatestFiniteMagnitude)
    }
}
