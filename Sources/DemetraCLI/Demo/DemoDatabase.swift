import Demetra
import DemetraEngine

/// Makes the demo database: tables, rows, metrics, budgets, alert rules and a model, in an empty database.
struct DemoDatabase {
    private let connection: Connection
    private let plan: DemoPlan
    /// Told what was made, line by line.
    private let report: (String) -> Void

    /// A demo to be made through a connection.
    ///
    /// - Throws: 55000 when the database holds something already.
    init(
        _ connection: Connection, plan: DemoPlan, path: String, report: @escaping (String) -> Void
    ) throws(DemetraError) {
        self.connection = connection
        self.plan = plan
        self.report = report
        let names = connection.relationNames()
        guard names.isEmpty else {
            throw DemetraError(
                .objectNotInPrerequisiteState,
                "database \"\(path)\" is not empty: it holds \"\(names[0])\""
                    + (names.count > 1 ? " and \(names.count - 1) more" : ""),
                hint: "Give the demo a path of its own, or remove the directory first.")
        }
    }

    /// Makes everything.
    func make() throws(DemetraError) {
        try run("demo", "schema")
        try fillFacts()
        let rows = CampaignRows(plan, lastDay: AdMetricsRows(plan).lastDayByCampaign())
        try fill("campaigns", rows.campaigns, "each with the figures of the last day")
        try fill("budgets", rows.budgets, "a day and a month for each channel")
        try fill("social_ads", SocialAdsRows(plan).rows, "finished campaigns to learn from")
        try run("demo", "metrics")
        report("metrics        \(try names("metrics"))")
        try run("demo", "model")
        report("model          roi, what a campaign will return, learned from social_ads")
        for sample in SampleTexts.all where sample.folder == "alerts" {
            try connection.query(SQL(sample.text))
        }
        report("alert rules    \(try names("alerts"))")
    }

    /// The names that SHOW lists, on lines of a readable length.
    private func names(_ kind: String) throws(DemetraError) -> String {
        var lines = [""]
        // A text of its own: interpolated into SQL, the word would be a parameter.
        let statement = "SHOW " + kind
        for row in try connection.query(SQL(statement)) {
            let name = try row["name", as: String.self]
            if lines[lines.count - 1].count + name.count > 76 { lines.append("") }
            let separator = lines[lines.count - 1].isEmpty ? "" : ", "
            lines[lines.count - 1] += separator + name
        }
        return lines.joined(separator: ",\n" + String(repeating: " ", count: 17))
    }

    /// The platforms' first figures of the last days are appended with the rest, then take their final values
    /// by upsert: the way numbers of real platforms arrive.
    private func fillFacts() throws(DemetraError) {
        let rows = AdMetricsRows(plan)
        try rows.forEachPortion(isFinal: false) { batches throws(DemetraError) in
            try connection.append(batches, to: "ad_metrics", mode: .insert)
        }
        try rows.forEachPortion(
            lastDays: DemoCalendar.restatedDayCount, isFinal: true
        ) { batches throws(DemetraError) in
            try connection.append(batches, to: "ad_metrics", mode: .upsert)
        }
        let calendar = plan.calendar
        let days = [calendar.firstDay, calendar.today - 1].map {
            CalendarDate(days: Int32($0)).description
        }
        report(
            "ad_metrics     \(plan.rowCount) rows, \(plan.ads.ads.count) ads of "
                + "\(DemoChannel.all.count) channels, \(days[0]) to \(days[1])")
    }

    private func fill(
        _ table: String, _ rows: [[Value]], _ meaning: String
    ) throws(DemetraError) {
        try connection.append(rows, to: table, mode: .insert)
        let name = table + String(repeating: " ", count: max(1, 15 - table.count))
        report("\(name)\(rows.count) rows, \(meaning)")
    }

    /// Runs the embedded file of a folder of `Samples/`.
    private func run(_ folder: String, _ name: String) throws(DemetraError) {
        for sample in SampleTexts.all where sample.folder == folder && sample.name == name {
            try connection.query(SQL(sample.text))
        }
    }
}
