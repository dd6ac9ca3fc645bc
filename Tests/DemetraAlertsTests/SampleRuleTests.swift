import DemetraStorage
import Testing

/// The seven rules that come with the product, on the tables they are written for.
@Suite struct `The sample rules` {
    private static let names = [
        "anomaly_high_ctr_low_conv", "budget_overrun", "channel_underperform", "cost_spike",
        "engagement_drop", "low_conversion", "roi_drop",
    ]

    /// Healthy data: three channels, a campaign each, and spending well inside the budgets.
    private func world() throws -> AlertWorld<MemoryFileSystem> {
        let world = try AlertWorld()
        try world.run(
            """
            CREATE TABLE campaigns (id bigint PRIMARY KEY, campaign_id varchar(50) UNIQUE,
              target_audience text, campaign_goal text, duration integer, channel_used text,
              conversion_rate double precision, acquisition_cost numeric(12,2), roi double precision,
              location text, language text, clicks bigint, impressions bigint,
              engagement_score double precision, customer_segment text, date date,
              created_at timestamp DEFAULT now(), updated_at timestamp)
            """)
        try world.run("CREATE TABLE budgets (scope text, period text, amount numeric(14,2))")
        try world.run(
            """
            CREATE TABLE ad_metrics (ts timestamp NOT NULL, platform text NOT NULL,
              campaign_id text NOT NULL, clicks bigint, spend numeric(20,6))
            """)
        for (id, channel) in [(1, "google"), (2, "facebook"), (3, "tiktok")] {
            try world.run(
                """
                INSERT INTO campaigns (id, campaign_id, channel_used, conversion_rate, acquisition_cost,
                  roi, clicks, impressions, engagement_score, date)
                VALUES (\(id), 'c\(id)', '\(channel)', 0.1, 500, 3, 50, 1000, 6, '2026-03-09')
                """)
            try world.run(
                "INSERT INTO budgets VALUES ('\(channel)', 'day', 100), ('\(channel)', 'month', 600)"
            )
            try world.run(
                """
                INSERT INTO ad_metrics
                SELECT ts, '\(channel)', 'c\(id)', 10, 50
                FROM generate_series(timestamp '2026-02-20', timestamp '2026-03-09', interval '1 day') AS s(ts)
                """)
        }
        try world.run("INSERT INTO budgets VALUES ('total', 'day', 300), ('total', 'week', 900)")
        for sample in try AlertSamples.all() { try world.run(sample.sql) }
        return world
    }

    private func firing(_ world: AlertWorld<MemoryFileSystem>) throws -> [String] {
        try world.run("CHECK ALERTS")
        return try world.run(
            """
            SELECT rule, alert_type, severity, channel, message, action FROM alerts
            WHERE state = 'firing' ORDER BY rule, message
            """)
    }

    @Test func `are silent on healthy data`() throws {
        let world = try world()
        #expect(try AlertSamples.all().map(\.name) == Self.names)
        #expect(try world.run("SELECT name FROM alert_rules ORDER BY name") == Self.names)
        #expect(try firing(world) == [])
        #expect(
            try world.run("SELECT count(*) FROM alert_rules WHERE last_error IS NOT NULL") == ["0"])
    }

    @Test func `fire on a campaign that goes wrong`() throws {
        let cases: [(change: String, expected: String)] = [
            (
                "roi = 1.4",
                "roi_drop|roi_drop|high|google|ROI dropped to 1.40 for google, campaign c1|Notify at once"
            ),
            (
                "acquisition_cost = 1600.5",
                "cost_spike|cost_spike|medium|google|Cost rose to $1,600.50 for google, campaign c1|Check the budget"
            ),
            (
                "conversion_rate = 0.049",
                "low_conversion|low_conversion|medium|google|Conversion rate fell to 4.9% for google, campaign c1|Optimize the campaign"
            ),
            (
                "engagement_score = 2.9",
                "engagement_drop|engagement_drop|low|google|Engagement score fell to 2.9 for google, campaign c1|Improve the creatives"
            ),
        ]
        for (change, expected) in cases {
            let world = try world()
            try world.run("UPDATE campaigns SET \(change) WHERE id = 1")
            // A channel of one campaign falls behind the others with it.
            let alerts = try firing(world).filter { !$0.hasPrefix("channel_underperform") }
            #expect(alerts == [expected])
            try world.run("UPDATE campaigns SET date = '2026-03-08' WHERE id = 1")
            #expect(try firing(world).filter { $0.contains("campaign c1") } == [], "\(change)")
            // News about an old campaign are news.
            try world.run("UPDATE campaigns SET updated_at = '2026-03-09 12:00' WHERE id = 1")
            #expect(try firing(world).count >= 1, "\(change)")
        }
    }

    @Test func `stay silent at their thresholds`() throws {
        let world = try world()
        try world.run(
            """
            UPDATE campaigns SET roi = 2.1, acquisition_cost = 600, conversion_rate = 0.05,
              engagement_score = 3, clicks = 150, impressions = 1000 WHERE id = 1
            """)
        try world.run("UPDATE campaigns SET roi = 1.5 WHERE id IN (2, 3)")
        try world.run("UPDATE ad_metrics SET spend = 90 WHERE ts = '2026-03-09'")
        #expect(try firing(world) == [])
    }

    @Test func `tell a bad landing page from bad conversion`() throws {
        let world = try world()
        try world.run("UPDATE campaigns SET clicks = 200, conversion_rate = 0.02 WHERE id = 2")
        #expect(
            try firing(world) == [
                "anomaly_high_ctr_low_conv|anomaly|high|facebook|High CTR (20.0%) but low conversion (2.0%) for facebook, campaign c2|Check the landing page",
                "low_conversion|low_conversion|medium|facebook|Conversion rate fell to 2.0% for facebook, campaign c2|Optimize the campaign",
            ])
        #expect(
            try world.run("SELECT metric_value, threshold_value FROM alerts ORDER BY id LIMIT 1")
                == [
                    "0.2|0.15"
                ])
        try world.run("UPDATE campaigns SET impressions = 0 WHERE id = 2")
        #expect(try firing(world).count == 1)
    }

    @Test func `watch budgets of each period and of the whole`() throws {
        let world = try world()
        try world.run(
            "UPDATE ad_metrics SET spend = 95 WHERE platform = 'tiktok' AND ts = '2026-03-09'")
        let day =
            "budget_overrun|budget_overrun|critical|tiktok|tiktok has spent 95.00 of its budget of 100.00 for the day|Stop the campaign"
        #expect(try firing(world) == [day])
        // 8 days of 50 and one of 200 are more than 90 % of 600, and of the week only Monday has passed.
        try world.run(
            "UPDATE ad_metrics SET spend = 200 WHERE platform = 'tiktok' AND ts = '2026-03-09'")
        #expect(
            try firing(world).map { $0.split(separator: "|")[4] } == [
                "tiktok has spent 600.00 of its budget of 600.00 for the month",
                "tiktok has spent 95.00 of its budget of 100.00 for the day",
                "total has spent 300.00 of its budget of 300.00 for the day",
            ])
    }

    @Test func `find the channel that falls behind the others`() throws {
        let world = try world()
        try world.run("UPDATE campaigns SET roi = 1.6 WHERE id = 3")
        #expect(
            try firing(world) == [
                "channel_underperform|channel_underperform|medium|tiktok|tiktok underperforms: ROI 1.60, below 70 % of the average of all channels (2.53)|Move budget to other channels"
            ])
        #expect(
            try world.run("SELECT round(threshold_value::numeric, 4) FROM alerts") == ["1.7733"])
    }

    @Test func `can be run again without losing what fired`() throws {
        let world = try world()
        try world.run("UPDATE campaigns SET roi = 1 WHERE id = 1")
        #expect(try world.check("roi_drop") == "1/0/1")
        for sample in try AlertSamples.all() { try world.run(sample.sql) }
        #expect(try world.check("roi_drop") == "0/0/1")
    }
}
