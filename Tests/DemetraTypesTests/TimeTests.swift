import DemetraTypes
import Testing

@Suite struct `Calendar and clock` {
    @Test func `a day number and its date belong together over all of the calendar`() {
        var expected = (year: -4713, month: 11, day: 24)
        for days in Int(CalendarDate.firstDays)...200_000 {
            let date = Civil.date(days: days)
            let isRight =
                date == expected
                && Civil.days(year: date.year, month: date.month, day: date.day) == days
            if !isRight { Issue.record("day \(days) is \(date), not \(expected)") }
            guard isRight else { return }
            expected.day += 1
            if expected.day > Civil.daysInMonth(year: expected.year, month: expected.month) {
                (expected.month, expected.day) = (expected.month + 1, 1)
            }
            if expected.month > 12 { (expected.year, expected.month) = (expected.year + 1, 1) }
        }
        let last = Civil.date(days: Int(CalendarDate.lastDays))
        #expect(last == (5_874_897, 12, 31))
    }

    @Test func `truncation answers as PostgreSQL`() {
        for (unit, text, expected) in TimeCases.truncation {
            let result = answer { () throws(DemetraError) in
                guard let unit = DateTimeUnit(name: unit) else { return "no unit" }
                return TimestampText.text(try timestamp(text).truncated(to: unit))
            }
            #expect(result == expected, "date_trunc('\(unit)', '\(text)')")
        }
    }

    @Test func `fields of timestamps answer as PostgreSQL`() {
        for (unit, text, expected) in TimeCases.fields {
            let result = answer { () throws(DemetraError) in
                guard let unit = DateTimeUnit(name: unit) else { return "no unit" }
                return try timestamp(text).field(unit).description
            }
            #expect(result == expected, "extract(\(unit) from '\(text)')")
        }
    }

    @Test func `a date has no clock`() throws {
        let date = try CalendarDate(year: 2024, month: 12, day: 30)
        #expect(try date.field(.epoch).description == "1735516800")
        #expect(try date.field(.isoyear).description == "2025")
        #expect(
            answer { () throws(DemetraError) in try date.field(.hour).description } == "ERR 0A000")
        #expect(
            answer { () throws(DemetraError) in try CalendarDate.infinity.field(.year).description }
                == "ERR 22008")
    }

    @Test func `sums with intervals clamp to the month's last day`() {
        for (text, interval, expected) in TimeCases.sums {
            let result = answer { () throws(DemetraError) in
                TimestampText.text(try timestamp(text).adding(IntervalText.parse(interval)))
            }
            #expect(result == expected, "\(text) + \(interval)")
        }
    }

    @Test func `differences are days and hours, ages are what a person counts`() {
        for (later, earlier, difference, age) in TimeCases.differences {
            #expect(
                answer { () throws(DemetraError) in
                    IntervalText.text(try timestamp(later).since(timestamp(earlier)))
                } == difference)
            #expect(
                answer { () throws(DemetraError) in
                    IntervalText.text(try timestamp(later).age(since: timestamp(earlier)))
                } == age, "age(\(later), \(earlier))")
        }
    }

    @Test func `bins count from their origin`() {
        for (stride, text, origin, expected) in TimeCases.bins {
            let result = answer { () throws(DemetraError) in
                TimestampText.text(
                    try timestamp(text).binned(
                        IntervalText.parse(stride), origin: timestamp(origin)))
            }
            #expect(result == expected, "date_bin(\(stride), \(text), \(origin))")
        }
    }

    @Test(arguments: [
        ("15 minutes", "2024-01-01 10:44:59", "2024-01-01 10:30:00"),
        ("1 day", "1969-12-31 23:59:59", "1969-12-31 00:00:00"),
        ("10 minutes", "1999-12-31 23:59:59", "1999-12-31 23:50:00"),
        ("7 days", "2024-01-07 23:59:59", "2024-01-01 00:00:00"),
        ("1 week", "2024-01-08 00:00:00", "2024-01-08 00:00:00"),
        ("1 month", "2024-02-29 10:00:00", "2024-02-01 00:00:00"),
        ("3 months", "2024-02-29 10:00:00", "2024-01-01 00:00:00"),
        ("5 months", "1999-12-31 00:00:00", "1999-08-01 00:00:00"),
        ("1 year", "2024-02-29 10:00:00", "2024-01-01 00:00:00"),
        ("0 days", "2024-01-01", "ERR 22023"), ("-1 months", "2024-01-01", "ERR 22023"),
        ("1 month 1 day", "2024-01-01", "ERR 22023"),
        ("2000000000 days", "2024-01-01", "ERR 22023"),
        ("1 day", "infinity", "infinity"),
    ])
    func `buckets of days start on Mondays, of months with a year`(
        width: String, text: String, expected: String
    ) {
        let result = answer { () throws(DemetraError) in
            TimestampText.text(try timestamp(text).bucket(IntervalText.parse(width)))
        }
        #expect(result == expected)
    }

    @Test func `nothing leaves the calendar`() throws {
        let last = try timestamp("294246-12-31 23:59:59.999999")
        let first = try timestamp("4714-11-24 00:00:00 BC")
        let tick = Interval(microseconds: 1)
        #expect(
            answer { () throws(DemetraError) in TimestampText.text(try last.adding(tick)) }
                == "ERR 22008")
        #expect(
            answer { () throws(DemetraError) in TimestampText.text(try first.adding(tick.negated()))
            } == "ERR 22008")
        #expect(
            answer { () throws(DemetraError) in
                TimestampText.text(try last.adding(Interval(months: .max)))
            } == "ERR 22008")
        #expect(
            answer { () throws(DemetraError) in
                TimestampText.text(try last.adding(Interval(days: .max)))
            } == "ERR 22008")
        #expect(
            answer { () throws(DemetraError) in
                TimestampText.text(try first.bucket(Interval(days: 1_000_000)))
            } == "ERR 22008")
        let lastDay = CalendarDate(days: CalendarDate.lastDays)
        #expect(
            answer { () throws(DemetraError) in TimestampText.text(try lastDay.adding(days: 1)) }
                == "ERR 22008")
        #expect(
            answer { () throws(DemetraError) in TimestampText.text(try lastDay.startOfDay()) }
                == "ERR 22008")
        #expect(
            answer { () throws(DemetraError) in
                TimestampText.text(try CalendarDate(year: 0, month: 1, day: 1))
            } == "ERR 22008")
        #expect(try CalendarDate.infinity.startOfDay() == .infinity)
        #expect(try Timestamp.infinity.adding(tick) == .infinity)
        #expect(
            answer { () throws(DemetraError) in
                IntervalText.text(try Timestamp.infinity.since(first))
            } == "ERR 22008")
    }

    @Test func `times and intervals are made from their parts`() throws {
        let time = try Timestamp(year: 2024, month: 3, day: 10, hour: 4, minute: 5, second: 6.5)
        #expect(TimestampText.text(time) == "2024-03-10 04:05:06.5")
        let interval = try Interval(
            years: 1, months: 2, weeks: 1, days: 3, hours: 3, minutes: 1, seconds: 0.25)
        #expect(IntervalText.text(interval) == "1 year 2 mons 10 days 03:01:00.25")
        #expect(
            answer { () throws(DemetraError) in
                IntervalText.text(
                    try Interval(
                        years: 1_000_000_000, months: 0, weeks: 0, days: 0, hours: 0, minutes: 0,
                        seconds: 0))
            } == "ERR 22008")
        #expect(
            answer { () throws(DemetraError) in
                TimestampText.text(
                    try Timestamp(year: 2024, month: 1, day: 1, hour: 25, minute: 0, second: 0))
            } == "ERR 22008")
    }
}

@Suite struct `Interval arithmetic` {
    private func interval(_ text: String) throws(DemetraError) -> Interval {
        try IntervalText.parse(text)
    }

    @Test func `products and quotients carry fractions down as PostgreSQL does`() {
        for (text, factor, product, quotient) in IntervalCases.products {
            let number = Double(factor) ?? .nan
            #expect(
                answer { () throws(DemetraError) in
                    IntervalText.text(try interval(text).multiplied(by: number))
                } == product, "\(text) * \(factor)")
            #expect(
                answer { () throws(DemetraError) in
                    IntervalText.text(try interval(text).divided(by: number))
                } == quotient, "\(text) / \(factor)")
        }
        #expect(
            answer { () throws(DemetraError) in
                IntervalText.text(try interval("1 day").divided(by: 0))
            } == "ERR 22012")
        #expect(
            answer { () throws(DemetraError) in
                IntervalText.text(try interval("1 year").multiplied(by: 1e9))
            } == "ERR 22008")
    }

    @Test func `fields of intervals answer as PostgreSQL`() {
        for (unit, text, expected) in IntervalCases.fields {
            let result = answer { () throws(DemetraError) in
                guard let unit = DateTimeUnit(name: unit) else { return "no unit" }
                return try interval(text).field(unit).description
            }
            #expect(result == expected, "extract(\(unit) from '\(text)')")
        }
    }

    @Test func `justifying carries hours and days up`() throws {
        for (text, hours, days, all) in IntervalCases.justified {
            let value = try interval(text)
            #expect(IntervalText.text(value.justifyingHours()) == hours, "justify_hours(\(text))")
            #expect(IntervalText.text(value.justifyingDays()) == days, "justify_days(\(text))")
            #expect(IntervalText.text(value.justifying()) == all, "justify_interval(\(text))")
        }
    }

    @Test func `a month compares as 30 days and a day as 24 hours`() throws {
        let ascending = ["-1 days", "59 minutes", "24 hours", "25:00:00", "30 days", "1 mon 1 day"]
        let sizes = try ascending.map { try interval($0).comparableMicroseconds }
        #expect(sizes == sizes.sorted())
        #expect(
            try interval("1 mon").comparableMicroseconds
                == interval("720:00:00").comparableMicroseconds)
    }

    @Test func `parts overflow with an error`() throws {
        let large = Interval(months: .max, days: .max, microseconds: .max)
        let small = Interval(months: .min, days: .min, microseconds: .min)
        #expect(
            answer { () throws(DemetraError) in IntervalText.text(try large.adding(large)) }
                == "ERR 22008")
        #expect(
            answer { () throws(DemetraError) in IntervalText.text(try small.subtracting(large)) }
                == "ERR 22008")
        #expect(
            answer { () throws(DemetraError) in IntervalText.text(try small.negated()) }
                == "ERR 22008")
    }
}
