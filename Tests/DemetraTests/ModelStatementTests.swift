import Demetra
import Foundation
import Synchronization
import Testing

/// CREATE MODEL and what asks models, as SQL.
@Suite struct `Models in SQL` {
    private let test: TestDatabase

    init() throws {
        test = try TestDatabase()
        try test.rows(
            """
            CREATE TABLE campaigns (campaign_id int, channel text, goal text, spend float8, roi float8);
            INSERT INTO campaigns SELECT i, CASE i % 3 WHEN 0 THEN 'tiktok' WHEN 1 THEN 'email' ELSE 'search' END,
              CASE (i / 3) % 2 WHEN 0 THEN 'sales' ELSE 'reach' END, (i * 37) % 1000 + 10,
              i % 3 + 0.5 * ((i / 3) % 2) + ((i * 37) % 1000) / 500.0 + ((i * 7919) % 100) / 200.0
            FROM generate_series(1, 600) AS g(i)
            """)
    }

    private func train(_ name: String = "roi", _ rest: String = "ID campaign_id") throws {
        try test.rows("CREATE MODEL \(name) FROM TABLE campaigns TARGET roi \(rest)")
    }

    @Test func `a model is listed, judged and explained by name`() throws {
        let answer = try test.answer(
            "CREATE MODEL roi FROM TABLE campaigns TARGET roi ID campaign_id")
        #expect(answer.tag == "CREATE MODEL")
        let listed = try test.rows("SELECT name, kind, target, rows, signal FROM demetra_models")
        #expect(
            listed == [
                [
                    "name": .text("roi"), "kind": .text("regression"), "target": .text("roi"),
                    "rows": .integer(600), "signal": .text("strong"),
                ]
            ])
        #expect(try test.rows("SHOW MODELS").count == 1)
        let quality = try #require(try test.rows("SELECT * FROM EVALUATE_MODEL('roi')").first)
        #expect(quality["skill"]?.number ?? 0 > 0.5)
        #expect(abs((quality["coverage"]?.number ?? 0) - 0.9) < 0.05)
        let features = try test.rows("SELECT feature, importance FROM EXPLAIN_MODEL('roi')")
        #expect(features.map { $0["feature"]?.string } == ["channel", "spend", "goal"])
    }

    @Test(arguments: [60, 150, 600])
    func `a class is predicted as a probability, and explained to the last digit`(
        count: Int
    ) throws {
        try test.rows(
            """
            CREATE MODEL pays FROM (SELECT campaign_id, channel, goal, spend, roi > 2 AS pays
              FROM campaigns WHERE campaign_id <= \(count)) TARGET pays ID campaign_id
              WITH (task = 'classification')
            """)
        #expect(
            try test.rows("SELECT kind FROM demetra_models") == [["kind": .text("classification")]])
        let sums = try test.rows(
            """
            SELECT p.predicted, p.lower, p.upper, e.shown, e.total
            FROM PREDICT('pays', TABLE campaigns) p JOIN
              (SELECT id, max(predicted) AS shown, max(base_value) + sum(contribution) AS total
               FROM EXPLAIN_PREDICT('pays', TABLE campaigns, id => 'campaign_id') GROUP BY id) e
              ON e.id = p.campaign_id
            """)
        #expect(sums.count == 600)
        for row in sums {
            let predicted = try #require(row["predicted"]?.number)
            let (lower, upper) = (row["lower"]?.number ?? .nan, row["upper"]?.number ?? .nan)
            #expect(lower >= 0 && lower <= predicted && predicted <= upper && upper <= 1)
            #expect(row["shown"]?.number == predicted)
            #expect(abs((row["total"]?.number ?? .nan) - predicted) < 1e-9)
        }
        // PREDICT_ROI asks for a return, which no model of a class gives.
        let error = #expect(throws: DemetraError.self) {
            try test.rows("SELECT PREDICT_ROI(channel => 'email')")
        }
        #expect(error?.sqlState == .undefinedObject)
    }

    @Test func `a class that is none is refused with a way out`() throws {
        for (target, state, message) in [
            ("channel", SQLState.datatypeMismatch, "true or false"),
            ("spend", .invalidParameterValue, "1 or 0"),
        ] {
            let error = #expect(throws: DemetraError.self) {
                try test.rows(
                    """
                    CREATE MODEL m FROM TABLE campaigns TARGET \(target)
                    WITH (task = 'classification')
                    """)
            }
            #expect(error?.sqlState == state)
            #expect(error?.message.contains(message) == true)
            #expect(error?.hint?.contains("AS hit") == true)
        }
        let error = #expect(throws: DemetraError.self) {
            try test.rows("CREATE MODEL m FROM TABLE campaigns TARGET roi WITH (task = 'ranking')")
        }
        #expect(error?.sqlState == .invalidParameterValue)
    }

    @Test func `the scalar takes columns, names and places, and agrees with PREDICT`() throws {
        try train()
        let byStar = try test.rows(
            "SELECT campaign_id, PREDICT_ROI(campaigns.*) AS p FROM campaigns ORDER BY 1 LIMIT 50")
        let byTable = try test.rows(
            """
            SELECT campaign_id, predicted AS p FROM PREDICT('roi', TABLE campaigns)
            ORDER BY campaign_id LIMIT 50
            """)
        #expect(byStar == byTable)
        let one = try test.rows(
            """
            SELECT PREDICT_ROI(spend => 500, channel => 'tiktok', goal => 'sales') AS named,
                   PREDICT_ROI('tiktok', 'sales', 500) AS placed
            """)
        #expect(one[0]["named"] == one[0]["placed"])
        let grouped = try test.rows(
            "SELECT channel, avg(PREDICT_ROI(c.*)) AS p, avg(roi) AS r FROM campaigns c GROUP BY 1")
        for row in grouped {
            #expect(abs((row["p"]?.number ?? 0) - (row["r"]?.number ?? 9)) < 0.1)
        }
    }

    @Test func `what is written out wins over what the star gives`() throws {
        try train()
        let rows = try test.rows(
            """
            SELECT PREDICT_ROI(c.*, spend => 900) AS a,
                   PREDICT_ROI(channel => channel, goal => goal, spend => 900) AS b FROM campaigns c LIMIT 5
            """)
        #expect(rows.allSatisfy { $0["a"] == $0["b"] })
    }

    @Test func `columns that are not given are a warning, unseen names a notice`() throws {
        try train()
        let answer = try test.answer("SELECT PREDICT_ROI(channel => 'radio', goal => 'sales')")
        #expect(
            answer.notices.map(\.message) == [
                "model \"roi\" was trained on columns that are not given: spend",
                "some rows have a channel that model \"roi\" has not seen; it counts as missing",
            ])
        #expect(answer.notices.map(\.severity) == [.warning, .notice])
        let table = try test.answer(
            "SELECT * FROM PREDICT('roi', (SELECT channel, spend FROM campaigns))")
        #expect(table.count == 600)
        #expect(table.notices.count == 1)
    }

    @Test func `the answer as JSON holds the columns of PREDICT`() throws {
        try train()
        let text = try test.rows(
            "SELECT PREDICT_ROI_JSON(channel => 'email', goal => 'sales', spend => 100) AS j"
        )[0]["j"]?.string
        let json = try JSONSerialization.jsonObject(with: Data((text ?? "").utf8))
        let object = try #require(json as? [String: Any])
        #expect(
            Set(object.keys) == [
                "predicted", "lower", "upper", "level", "confidence", "risk_level", "p_loss",
                "signal", "notice",
            ])
    }

    @Test func `models survive a restart with the same answers`() throws {
        try train()
        let before = try test.rows("SELECT PREDICT_ROI(c.*) AS p FROM campaigns c")
        let listed = try test.rows("SELECT * FROM demetra_models")
        try test.reopen()
        #expect(try test.rows("SELECT PREDICT_ROI(c.*) AS p FROM campaigns c") == before)
        #expect(try test.rows("SELECT * FROM demetra_models") == listed)
    }

    @Test func `names that exist and names that do not are told apart`() throws {
        try train()
        #expect(
            test.failure("CREATE MODEL roi FROM TABLE campaigns TARGET roi")?.sqlState
                == .duplicateObject)
        let skipped = try test.answer(
            "CREATE MODEL IF NOT EXISTS roi FROM TABLE campaigns TARGET roi")
        #expect(skipped.notices.first?.message == "model \"roi\" already exists, skipping")
        try test.rows("CREATE OR REPLACE MODEL roi FROM TABLE campaigns TARGET spend")
        #expect(try test.rows("SELECT target FROM demetra_models") == [["target": .text("spend")]])
        try test.rows("DROP MODEL roi")
        #expect(test.failure("DROP MODEL roi")?.sqlState == .undefinedObject)
        try test.rows("DROP MODEL IF EXISTS roi")
        let error = test.failure("SELECT PREDICT_ROI(spend => 1)")
        #expect(error?.sqlState == .undefinedObject)
        #expect(error?.hint == "CREATE MODEL roi FROM ... TARGET roi")
    }

    @Test func `the only model answers whatever its name, of several the one named roi`() throws {
        try train("first")
        _ = try test.rows("SELECT PREDICT_ROI(spend => 1)")
        try train("second")
        let error = test.failure("SELECT PREDICT_ROI(spend => 1)")
        #expect(error?.detail?.contains("2 other models") == true)
        try train("roi")
        _ = try test.rows("SELECT PREDICT_ROI(spend => 1)")
    }

    @Test(arguments: [
        ("CREATE MODEL m FROM TABLE campaigns TARGET rio", "42703", "rio"),
        ("CREATE MODEL m FROM TABLE campaigns TARGET channel", "42804", "channel"),
        ("CREATE MODEL m FROM TABLE campaigns TARGET roi GROUP chanel", "42703", "chanel"),
        ("CREATE MODEL m FROM TABLE campaigns TARGET roi TIME channel", "42804", "channel"),
        ("CREATE MODEL m FROM TABLE campaigns TARGET roi WITH (level = 1)", "22023", "level"),
        ("CREATE MODEL m FROM TABLE campaigns TARGET roi WITH (tree = 5)", "42704", "tree"),
        ("CREATE MODEL m FROM TABLE campaigns TARGET roi WITH (exclude = 'nix')", "42703", "nix"),
        (
            "CREATE MODEL m FROM (SELECT * FROM campaigns WHERE false) TARGET roi", "22023",
            "at least 1"
        ),
        ("CREATE MODEL m FROM TABLE nowhere TARGET roi", "42P01", "nowhere"),
        ("SELECT * FROM EVALUATE_MODEL('m')", "42704", "model \"m\" does not exist"),
        ("SELECT * FROM PREDICT(TABLE campaigns)", "42883", "name of a model"),
        ("ALTER MODEL m RETRAIN", "42704", "model \"m\" does not exist"),
    ])
    func `mistakes are named`(sql: String, state: String, words: String) {
        let error = test.failure(sql)
        #expect(error?.sqlState.description == state)
        #expect(error?.message.contains(words) == true)
        #expect(error?.position != nil || state == "22023")
    }

    @Test func `arguments that fit no column are named`() throws {
        try train()
        let unknown = test.failure("SELECT PREDICT_ROI(chanel => 'x')")
        #expect(unknown?.sqlState == .undefinedFunction)
        #expect(unknown?.hint == "Perhaps you meant \"channel\".")
        #expect(test.failure("SELECT PREDICT_ROI(1, 2, 3, 4)")?.sqlState == .undefinedFunction)
        #expect(
            test.failure("SELECT PREDICT_ROI(spend => 1, spend => 2)")?.message
                == "column \"spend\" is given twice")
    }

    @Test func `training again sees today's rows`() throws {
        try train()
        try test.rows(
            "INSERT INTO campaigns SELECT campaign_id + 600, channel, goal, spend, roi FROM campaigns"
        )
        let answer = try test.answer("ALTER MODEL roi RETRAIN")
        #expect(answer.tag == "ALTER MODEL")
        #expect(try test.rows("SELECT rows FROM demetra_models") == [["rows": .integer(1_200)]])
    }

    @Test func `a model whose table is gone cannot be trained again but still answers`() throws {
        try train()
        try test.rows("DROP TABLE campaigns")
        let error = test.failure("ALTER MODEL roi RETRAIN")
        #expect(error?.sqlState == .objectNotInPrerequisiteState)
        #expect(error?.message.contains("campaigns") == true)
        _ = try test.rows("SELECT PREDICT_ROI(spend => 1)")
    }

    @Test func `a column that was added is ignored, one that is gone counts as missing`() throws {
        try train()
        try test.rows(
            """
            CREATE TABLE changed AS SELECT campaign_id, channel, spend, 'x' AS extra FROM campaigns
            """)
        let answer = try test.answer("SELECT PREDICT_ROI(changed.*) AS p FROM changed")
        #expect(answer.count == 600)
        #expect(answer.notices.count == 1)
    }

    @Test func `training in FROM needs no model`() throws {
        try test.rows("INSERT INTO campaigns VALUES (9001, 'email', 'sales', 300, NULL)")
        let rows = try test.rows(
            "SELECT * FROM PREDICT_ROI((SELECT * FROM campaigns), id => 'campaign_id', trees => 50)"
        )
        #expect(rows.map { $0["campaign_id"] } == [.integer(9001)])
        #expect(rows[0]["predicted_roi"]?.number ?? 0 > 0)
    }

    @Test func `a view may predict`() throws {
        try train()
        try test.rows(
            "CREATE VIEW predicted AS SELECT campaign_id, PREDICT_ROI(c.*) AS p FROM campaigns c")
        #expect(
            try test.rows("SELECT count(*) AS n FROM predicted WHERE p > 0")[0]["n"]
                == .integer(600))
    }

    @Test func `a statement that is cancelled leaves no model`() async throws {
        try test.rows(
            "CREATE TABLE many AS SELECT c.* FROM campaigns c, generate_series(1, 300) AS g(i)")
        let connection = test.database.connect()
        let outcome = Outcome()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let result = Result { () throws(DemetraError) in
                    try connection.query(
                        """
                        CREATE MODEL big FROM TABLE many TARGET roi
                        WITH (trees = 10000, learning_rate = 0.001)
                        """)
                }
                outcome.result.withLock { $0 = result }
            }
            // The statement may not have begun yet: asked again until it has ended.
            while outcome.result.withLock({ $0 == nil }) {
                connection.cancel()
                await Task.yield()
            }
            try await group.waitForAll()
        }
        let error = #expect(throws: DemetraError.self) { try outcome.result.withLock { $0 }?.get() }
        #expect(error?.sqlState == .queryCanceled)
        #expect(try test.rows("SELECT * FROM demetra_models").isEmpty)
    }
}

/// How a statement ended, once it has.
private final class Outcome: Sendable {
    let result = Mutex<Result<Rows, DemetraError>?>(nil)
}
