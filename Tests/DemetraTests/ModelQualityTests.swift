import Demetra
import Testing

/// How good models are on campaigns of the wild, on rows they have not seen. The figures are the ones
/// that the goals name; what other libraries reach stands in docs/analytics.md.
@Suite(.enabled(if: SharedFiles.arePresent, Comment(rawValue: SharedFiles.absence)))
struct `Models on real campaigns` {
    private let test: TestDatabase

    init() throws {
        test = try TestDatabase()
        for set in ["cozy_corners", "kag_conversion"] {
            for part in ["train", "test"] {
                try test.importFile(
                    SharedFiles.directory + "data/roi/\(set)_\(part).csv", into: "\(set)_\(part)")
            }
        }
    }

    private func numbers(_ sql: String) throws -> [String: Double] {
        try #require(try test.rows(sql).first).mapValues(\.number)
    }

    @Test func `returns that are noise given the channel are predicted by its mean and so called`()
        throws
    {
        try test.rows(
            """
            CREATE MODEL roi FROM TABLE cozy_corners_train TARGET roi ID campaign_id GROUP channel_used
            """)
        let model = try #require(try test.rows("SELECT * FROM EVALUATE_MODEL('roi')").first)
        #expect(model["signal"] == .text("none"))
        #expect(model["notice"]?.string.contains("no signal beyond channel_used") == true)
        let important = try test.rows(
            "SELECT feature FROM EXPLAIN_MODEL('roi') WHERE importance > 0")
        #expect(important == [["feature": .text("channel_used")]])

        let score = try numbers(
            """
            WITH means AS (SELECT channel_used, avg(roi) AS mean FROM cozy_corners_train GROUP BY 1)
            SELECT 1 - avg((p.roi - predicted) ^ 2) / avg((p.roi - mean) ^ 2) AS skill,
                   avg(CASE WHEN p.roi BETWEEN lower AND upper THEN 1.0 ELSE 0.0 END)::float8 AS coverage
            FROM PREDICT('roi', TABLE cozy_corners_test) p JOIN means USING (channel_used)
            """)
        #expect(score["skill"] ?? -1 >= -0.005)
        #expect((0.87...0.93).contains(score["coverage"] ?? 0))
        let worst = try numbers(
            """
            SELECT min(coverage) AS worst FROM (
              SELECT channel_used, avg(CASE WHEN roi BETWEEN lower AND upper THEN 1.0 ELSE 0.0 END)::float8 AS coverage
              FROM PREDICT('roi', TABLE cozy_corners_test) GROUP BY 1 HAVING count(*) >= 30) AS groups
            """)
        #expect(worst["worst"] ?? 0 >= 0.85)
        let risks = try test.rows(
            """
            SELECT risk_level, avg(CASE WHEN roi < 1 THEN 1.0 ELSE 0.0 END)::float8 AS losses
            FROM PREDICT('roi', TABLE cozy_corners_test) GROUP BY 1
            """)
        let losses = Dictionary(
            uniqueKeysWithValues: risks.map {
                ($0["risk_level"]?.string ?? "", $0["losses"]?.number ?? 0)
            })
        #expect(losses["low"] ?? 1 < losses["high"] ?? 0)
    }

    @Test func `conversions of Facebook ads are predicted as well as elsewhere`() throws {
        try test.rows(
            """
            CREATE MODEL conversions FROM TABLE kag_conversion_train TARGET total_conversion ID ad_id
            WITH (exclude = 'approved_conversion')
            """)
        let score = try numbers(
            """
            WITH p AS (SELECT total_conversion AS y, predicted FROM PREDICT('conversions', TABLE kag_conversion_test)),
                 m AS (SELECT avg(y) AS mean FROM p)
            SELECT 1 - avg((y - predicted) ^ 2) / avg((y - mean) ^ 2) AS r2 FROM p, m
            """)
        #expect(score["r2"] ?? 0 >= 0.55)
    }
}
