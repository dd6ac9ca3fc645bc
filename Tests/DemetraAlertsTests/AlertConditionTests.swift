import DemetraStorage
import Testing

@Suite struct `The condition of a rule` {
    private func world() throws -> AlertWorld<MemoryFileSystem> {
        let world = try AlertWorld()
        try world.run(
            """
            CREATE TABLE ads (ts timestamptz, channel text, spend numeric(12,2), revenue numeric(12,2))
            """)
        try world.run(
            """
            INSERT INTO ads VALUES ('2026-03-10 11:00+00', 'meta', 100, 90),
              ('2026-03-09 13:00+00', 'meta', 50, 60), ('2026-03-08 13:00+00', 'meta', 1, 900),
              ('2026-03-10 10:00+00', 'google', 100, 400), ('2026-03-01 10:00+00', 'vk', 10, 1)
            """)
        return world
    }

    /// What a rule fires: channel, value and threshold.
    private func fired(
        _ world: AlertWorld<MemoryFileSystem>, _ condition: String, _ source: String
    ) throws -> [String] {
        try world.run("DROP ALERT IF EXISTS r")
        try world.run(
            "CREATE ALERT r WHEN \(condition) \(source) SEVERITY low MESSAGE '{metric_value:.3f}'")
        try world.run("CHECK ALERT r")
        return try world.run(
            """
            SELECT channel, round(metric_value::numeric, 3), round(threshold_value::numeric, 3)
            FROM alerts WHERE state = 'firing' ORDER BY 1
            """)
    }

    @Test func `sees the time of the check through now()`() throws {
        let world = try world()
        let recent = "FROM ads WHERE ts > now() - interval '24 hours' GROUP BY channel"
        #expect(
            try fired(world, "sum(revenue) / sum(spend) < 1.5", recent) == ["meta|1.000|1.500"])
        world.pass(minutes: 23 * 60 + 30)
        // Of meta nothing is left, so the alert resolves by itself.
        #expect(try world.check("r") == "0/1/0")
    }

    @Test func `says nothing of missing data unless it asks`() throws {
        let world = try world()
        let none = "FROM ads WHERE ts > now() + interval '1 day'"
        #expect(try fired(world, "sum(revenue) = 0", none) == [])
        #expect(try fired(world, "coalesce(sum(revenue), 0) = 0", none) == ["-|0.000|0.000"])
        #expect(try fired(world, "count(*) = 0", none + " GROUP BY channel") == [])
    }

    @Test func `may use metrics at the grain of the groups`() throws {
        let world = try world()
        try world.run("CREATE METRIC roas AS sum(revenue) / nullif(sum(spend), 0)")
        #expect(
            try fired(world, "roas < 5", "FROM ads GROUP BY channel") == [
                "google|4.000|5.000", "vk|0.100|5.000",
            ])
        #expect(try fired(world, "roas > 5", "FROM ads") == ["-|5.559|5.000"])
    }

    @Test func `compares a group with the whole`() throws {
        let world = try world()
        let expected = ["vk|0.100|2.579"]
        #expect(
            try fired(
                world, "sum(revenue) / sum(spend) < 0.7 * avg(sum(revenue) / sum(spend)) OVER ()",
                "FROM ads GROUP BY channel") == expected)
        #expect(
            try fired(
                world, "sum(revenue) < 0.7 * (SELECT avg(revenue) FROM ads)",
                "FROM ads GROUP BY channel") == ["vk|1.000|203.140"])
    }

    @Test func `gives value and threshold of the first comparison that holds`() throws {
        let world = try world()
        let cases = [
            ("sum(spend) > 140 AND sum(revenue) > 5", ["meta|151.000|140.000"]),
            ("sum(spend) > 999 OR sum(revenue) > 1000", ["meta|1050.000|1000.000"]),
            ("channel = 'vk' AND sum(spend) < 20", ["vk|10.000|20.000"]),
            ("20 > sum(spend)", ["vk|10.000|20.000"]),
            ("NOT (sum(spend) >= 20)", ["vk|10.000|20.000"]),
            ("sum(spend) NOT BETWEEN 50 AND 120", ["meta|151.000|120.000", "vk|10.000|50.000"]),
            ("sum(spend) BETWEEN 50 AND 120", ["google|100.000|50.000"]),
            ("max(ts) < now() - interval '3 days'", ["vk|-|-"]),
            ("bool_and(revenue < 2)", ["vk|-|-"]),
            ("count(*) = 3", ["meta|3.000|3.000"]),
            ("sum(revenue) / sum(spend) < sum(spend) / 99", ["vk|0.100|0.101"]),
        ]
        for (condition, expected) in cases {
            #expect(
                try fired(world, condition, "FROM ads GROUP BY channel") == expected,
                "\(condition)")
        }
    }

    @Test func `looks at rows when nothing groups, told apart by their key`() throws {
        let world = try AlertWorld()
        try world.run("CREATE TABLE plain (platform text, x integer)")
        try world.run("CREATE TABLE keyed (a integer, b text, channel text, PRIMARY KEY (b, a))")
        try world.run("INSERT INTO plain VALUES ('vk', 1), ('vk', 1), ('vk', 2)")
        try world.run("INSERT INTO keyed VALUES (1, 'p', 'meta'), (2, 'p', 'meta')")
        for (name, condition, source) in [
            ("p", "x > 0", "plain"), ("k", "a > 0", "keyed"),
            ("j", "x + a > 3", "plain p JOIN keyed k ON true"),
        ] {
            try world.run(
                "CREATE ALERT \(name) WHEN \(condition) FROM \(source) SEVERITY low MESSAGE 'm'")
        }
        try world.run("CHECK ALERTS")
        #expect(
            try world.run("SELECT fingerprint, channel FROM alerts ORDER BY fingerprint") == [
                #"j{platform="vk",x="2",b="p",a="2"}|meta"#, #"k{b="p",a="1"}|meta"#,
                #"k{b="p",a="2"}|meta"#, #"p{platform="vk",x="1"}|vk"#,
                #"p{platform="vk",x="2"}|vk"#,
            ])
    }
}
