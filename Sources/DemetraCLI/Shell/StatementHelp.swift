import Demetra

/// How statements are written, for `\h`: a form and an example of each.
///
/// The examples run on the demo database; the tests of the command line try them all.
struct StatementHelp: Sendable {
    let name: String
    let form: String
    let example: String

    private init(_ name: String, _ form: String, _ example: String) {
        self.name = name
        self.form = form
        self.example = example
    }

    /// The names in order.
    static var names: [String] { all.map(\.name) }

    /// True for the name of a statement.
    static func contains(_ name: String) -> Bool { all.contains { $0.name == name.uppercased() } }

    /// The help of the statement of that name, or the list of all names.
    ///
    /// - Throws: 42704 when there is no such statement.
    static func text(_ name: String?) throws(DemetraError) -> String {
        guard let name = name?.uppercased() else {
            return "Help on a statement, or a function of those that \\df lists: \\h NAME\n  "
                + names.joined(separator: "\n  ")
        }
        let found = all.filter { $0.name == name }
        let similar = found.isEmpty ? all.filter { $0.name.hasPrefix(name) } : found
        guard !similar.isEmpty else {
            let nearest = NearestName.find(name, among: names)
            throw DemetraError(
                .undefinedObject, "there is no help on \"\(name)\"",
                hint: nearest.map { "Perhaps you meant \\h \($0)." } ?? "\\h lists what there is.")
        }
        return similar.map { "\($0.name)\n  \($0.form)\nExample:\n  \($0.example)" }
            .joined(separator: "\n\n")
    }

    private static let all: [StatementHelp] = [
        StatementHelp(
            "ALLOCATE_BUDGET",
            "SELECT ... FROM ALLOCATE_BUDGET((query), budget => AMOUNT, channel => 'column', spend => "
                + "'column', outcome => 'column', ts => 'column' [, bounds => (query)] [, totals => true])",
            "SELECT channel, recommended_spend FROM ALLOCATE_BUDGET((SELECT ts::date AS date, "
                + "platform AS channel, sum(spend) AS spend, sum(revenue) AS revenue FROM ad_metrics "
                + "GROUP BY 1, 2), budget => 9000, per => 'day');"),
        StatementHelp(
            "ALTER METRIC",
            "ALTER METRIC name RENAME TO new_name|SET FORMAT 'f'|SET UNIT 'u'|SET BETTER HIGHER|LOWER|NEUTRAL|"
                + "SET COMMENT 'c'|RESET ... [, ...]",
            "ALTER METRIC order_value SET FORMAT 'number 1', SET BETTER HIGHER;"),
        StatementHelp(
            "BACKUP DATABASE", "BACKUP DATABASE TO 'directory'",
            "BACKUP DATABASE TO 'ads.backup';"),
        StatementHelp(
            "CHECK ALERTS", "CHECK ALERTS", "CHECK ALERTS;"),
        StatementHelp(
            "COPY", "COPY table|(query) FROM|TO 'file'|STDIN|STDOUT [WITH (FORMAT csv, HEADER)]",
            "COPY (SELECT * FROM budgets) TO STDOUT WITH (FORMAT csv, HEADER);"),
        StatementHelp(
            "CREATE ALERT",
            "CREATE [OR REPLACE] ALERT name WHEN condition FROM tables [WHERE ...] [GROUP BY ...] SEVERITY "
                + "low|medium|high|critical MESSAGE 'text with {placeholders}' [ACTION 'text']",
            "CREATE ALERT low_return WHEN sum(revenue) < 2 * sum(spend) FROM ad_metrics GROUP BY platform "
                + "SEVERITY medium MESSAGE 'Spend returns too little on {platform}';"),
        StatementHelp(
            "CREATE METRIC",
            "CREATE [OR REPLACE] METRIC [IF NOT EXISTS] name [ON table] AS expression over aggregates "
                + "[FORMAT 'percent 1'] [UNIT 'text'] [BETTER HIGHER|LOWER|NEUTRAL] [COMMENT 'text'] "
                + "[NON ADDITIVE OVER TIME|(columns)] [ADDITIVE OVER (columns)]",
            "CREATE METRIC profit AS sum(revenue) - sum(spend) FORMAT 'money EUR 2' BETTER HIGHER;"),
        StatementHelp(
            "CREATE MODEL",
            "CREATE [OR REPLACE] MODEL name FROM (query) TARGET column [ID column] [TIME column] "
                + "[GROUP column] [WITH (option = value, ...)]",
            "CREATE MODEL clicks FROM (SELECT channel_used, campaign_goal, clicks FROM social_ads) "
                + "TARGET clicks;"),
        StatementHelp(
            "CREATE TABLE",
            "CREATE TABLE [IF NOT EXISTS] name (column type [NOT NULL] [DEFAULT value] "
                + "[PRIMARY KEY], ..., [PRIMARY KEY (columns)])",
            "CREATE TABLE notes (day date PRIMARY KEY, note text NOT NULL DEFAULT '');"),
        StatementHelp(
            "CREATE VIEW", "CREATE [OR REPLACE] VIEW name AS query",
            "CREATE VIEW daily AS SELECT ts::date AS day, sum(spend) AS spend FROM ad_metrics GROUP BY 1;"
        ),
        StatementHelp(
            "DELETE", "DELETE FROM table [WHERE condition]",
            "DELETE FROM budgets WHERE period = 'month';"),
        StatementHelp(
            "DROP", "DROP TABLE|VIEW|METRIC|ALERT|MODEL [IF EXISTS] name",
            "DROP METRIC IF EXISTS profit;"),
        StatementHelp(
            "EXPLAIN", "EXPLAIN [ANALYZE] statement",
            "EXPLAIN SELECT platform, roas FROM ad_metrics GROUP BY platform;"),
        StatementHelp(
            "INSERT",
            "INSERT INTO table [(columns)] VALUES (...), ... | query [ON CONFLICT (columns) DO "
                + "NOTHING | DO UPDATE SET column = excluded.column] [RETURNING ...]",
            "INSERT INTO budgets VALUES ('tiktok', 'week', 3000) ON CONFLICT (scope, period) DO UPDATE "
                + "SET amount = excluded.amount;"),
        StatementHelp(
            "PREDICT", "SELECT ... FROM PREDICT('model', TABLE table | (query) [, level => 0.9])",
            "SELECT campaign_id, predicted, lower, upper FROM PREDICT('roi', (SELECT * FROM social_ads "
                + "WHERE campaign_id < 100003));"),
        StatementHelp(
            "PREDICT_ROI",
            "SELECT ... FROM PREDICT_ROI((query), target => 'column', id => 'column' [, group => 'column'] "
                + "[, level => 0.9])",
            "SELECT campaign_id, predicted_roi, lower, upper, risk_level FROM PREDICT_ROI((SELECT "
                + "campaign_id, channel_used, campaign_goal, target_audience, roi FROM social_ads), "
                + "target => 'roi', id => 'campaign_id') LIMIT 3;"),
        StatementHelp(
            "SELECT",
            "[WITH name AS (query), ...] SELECT [DISTINCT] expressions FROM tables and joins "
                + "[WHERE ...] [GROUP BY ...] [HAVING ...] [ORDER BY ...] [LIMIT n]",
            "SELECT platform, sum(spend) AS spend, roas FROM ad_metrics GROUP BY platform ORDER BY roas DESC;"
        ),
        StatementHelp(
            "SET", "SET setting = value",
            "SET timezone = 'Europe/Berlin';"),
        StatementHelp("SHOW", "SHOW tables|metrics|alerts|models|all|setting", "SHOW metrics;"),
        StatementHelp(
            "UPDATE", "UPDATE table SET column = expression, ... [WHERE condition]",
            "UPDATE budgets SET amount = amount * 1.1 WHERE scope = 'google';"),
    ]
}
