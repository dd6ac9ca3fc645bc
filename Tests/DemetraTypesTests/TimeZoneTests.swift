import DemetraTypes
import Testing

@Suite struct `Time zones` {
    @Test func `clocks show what PostgreSQL shows, in gaps and overlaps too`() throws {
        for (text, name, local, utc) in TimeZoneCases.conversions {
            let zone = try systemZones.rules(name)
            #expect(
                TimestampText.text(zone.local(try timestamp(text))) == local,
                "\(text) UTC in \(name)")
            #expect(
                TimestampText.text(zone.instant(try timestamp(text))) == utc,
                "\(text) \(name) in UTC")
        }
    }

    @Test(arguments: [
        ("Europe/Berlin", "2024-03-30 11:00:00+00", "1 day", "2024-03-31 12:00:00+02"),
        ("Europe/Berlin", "2024-03-30 11:00:00+00", "24 hours", "2024-03-31 13:00:00+02"),
        ("Europe/Berlin", "2024-01-31 11:00:00+00", "2 months", "2024-03-31 12:00:00+02"),
        ("America/New_York", "2024-11-02 16:00:00+00", "1 day", "2024-11-03 12:00:00-05"),
        ("UTC", "2024-03-30 11:00:00+00", "1 mon 1 day", "2024-05-01 11:00:00+00"),
    ])
    func `a day keeps the time of day across a change of the clocks`(
        zone: String, start: String, interval: String, expected: String
    ) throws {
        let rules = try systemZones.rules(zone)
        let value = try ValueText.parse(start, as: .timestamptz)
        guard case .timestamptz(let instant) = value else { return }
        let sum = try instant.adding(IntervalText.parse(interval), in: rules)
        #expect(TimestampText.text(sum, zone: rules) == expected)
    }

    @Test(arguments: [
        ("UTC", "2024-07-01 00:00:00+00"), ("+03", "2024-07-01 03:00:00+03"),
        ("-05:30", "2024-06-30 18:30:00-05:30"), ("GMT-3", "2024-07-01 03:00:00+03"),
        ("europe/berlin", "2024-07-01 02:00:00+02"), ("PST", "2024-06-30 16:00:00-08"),
        ("Asia/Kathmandu", "2024-07-01 05:45:00+05:45"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "2024-07-01 02:00:00+02"),
        ("Mars/Olympus", "ERR 22023"), ("../../etc/passwd", "ERR 22023"), ("", "ERR 22023"),
        ("+99", "ERR 22023"),
    ])
    func `a zone is an offset, a name, an abbreviation or a rule`(name: String, expected: String)
        throws
    {
        let start = try timestamp("2024-07-01 00:00:00")
        let result = answer { () throws(DemetraError) in
            TimestampText.text(start, zone: try systemZones.rules(name))
        }
        #expect(result == expected)
    }

    @Test func `a zone file that is cut or broken is refused or read, never trusted`() throws {
        let whole = try #require(zoneFile("Europe/Berlin"))
        var random = SeededGenerator(seed: 5)
        let instant = try timestamp("2030-07-01 00:00:00")
        for cut in stride(from: 0, to: whole.count, by: 7) {
            _ = TimeZoneRules(name: "cut", tzif: Array(whole[..<cut]))?.local(instant)
        }
        for _ in 0..<2_000 {
            var broken = whole
            for _ in 0..<3 {
                broken[Int.random(in: 0..<broken.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            let rules = TimeZoneRules(name: "broken", tzif: broken)
            _ = rules?.instant(instant)
            _ = rules.map { TimestampText.text(instant, zone: $0) }
        }
    }

    @Test func `a wall clock goes to an instant and back outside of gaps`() throws {
        var random = SeededGenerator(seed: 31)
        for name in [
            "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca",
        ] {
            let zone = try systemZones.rules(name)
            for _ in 0..<1_000 {
                let instant = Timestamp(
                    microseconds: Int64.random(in: -2_000_000_000...4_000_000_000, using: &random)
                        * 1_000_000)
                let local = zone.local(instant)
                #expect(
                    zone.local(zone.instant(local)) == local,
                    "seed \(random.seed): \(name) \(TimestampText.text(local))")
            }
        }
    }
}
