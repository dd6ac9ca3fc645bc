import ArgumentParser
import Demetra
import Foundation

/// `demetra demo PATH`: a database full of plausible advertising data, for whoever has none at hand.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Make a demo database to try everything on.",
        discussion: """
            The same --rows, --seed and --today give the same rows on every machine. The data end the day \
            before --today; without it, today (UTC) is taken, so that alerts over the last 24 hours find the \
            incident that the demo holds: a landing page that was down on one channel.

            Examples:
              demetra demo ads.demetra
              demetra demo ads.demetra --rows 1000000 --seed 7 --today 2026-07-01
            """)

    @Argument(help: "The database's directory; must not hold anything yet.")
    var path: String

    @Option(help: "Rows of ad_metrics, 1000 to 20000000.")
    var rows = 100_000

    @Option(help: "What all numbers derive from.")
    var seed: UInt64 = 42

    @Option(help: "The day the data lead up to, as YYYY-MM-DD.")
    var today: String?

    @Flag(help: "Say nothing but errors.")
    var quiet = false

    func validate() throws {
        guard DemoPlan.rowCounts.contains(rows) else {
            throw ValidationError(
                "--rows must be between \(DemoPlan.rowCounts.lowerBound) and "
                    + "\(DemoPlan.rowCounts.upperBound)")
        }
    }

    func run() async throws {
        do {
            try refuseForeignDirectory()
            let start = DispatchTime.now().uptimeNanoseconds
            let database = try Database.open(at: path)
            let connection = database.connect()
            let plan = DemoPlan(rowCount: rows, seed: seed, today: try day(connection))
            let demo = try DemoDatabase(connection, plan: plan, path: path) { say("  " + $0) }
            say("making the demo database \"\(path)\", seed \(seed)")
            try demo.make()
            try connection.query("CHECK ALERTS")
            if !quiet { try showAlerts(connection) }
            try database.close()
            let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
            say(advice(seconds))
        } catch {
            throw Failure.show(error)
        }
    }

    private func say(_ text: String) {
        if !quiet { ResultPrinter(format: .table).show(text) }
    }

    /// The day given, or the present one.
    private func day(_ connection: Connection) throws(DemetraError) -> CalendarDate {
        let rows: Rows
        if let today {
            rows = try connection.query("SELECT \(today)::date AS day")
        } else {
            rows = try connection.query("SELECT current_date AS day")
        }
        guard case .date(let day)? = rows.first(where: { _ in true })?.values.first else {
            throw DemetraError(.invalidParameterValue, "--today must be a date")
        }
        return day
    }

    /// A directory full of other things is a mistake, not a place for a database.
    private func refuseForeignDirectory() throws(DemetraError) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        guard names.isEmpty || names.contains("LOCK") else {
            throw DemetraError(
                .objectNotInPrerequisiteState,
                "directory \"\(path)\" is not empty and holds no database",
                hint: "Give the demo a path of its own.")
        }
    }

    /// What the rules found: the incident, and nothing else.
    private func showAlerts(_ connection: Connection) throws(DemetraError) {
        say("\nalerts that CHECK ALERTS fired, by kind:")
        let printer = ResultPrinter(format: .table)
        try connection.run(
            """
            SELECT alert_type, severity, channel, count(*) AS alerts, min(message) AS one_of_them
            FROM alerts GROUP BY alert_type, severity, channel ORDER BY alerts DESC, alert_type
            """, output: printer)
        printer.flush()
    }

    private func advice(_ seconds: Double) -> String {
        String(format: "made in %.2f s\n\n", seconds) + """
            Go on with
              demetra \(path)                           an interactive session; \\? helps
              demetra \(path) -c "SELECT platform, roas FROM ad_metrics GROUP BY platform"
              demetra \(path) -c "SELECT message FROM alerts WHERE NOT is_read"
              demetra serve \(path) --pg 127.0.0.1:5433     then: psql -h 127.0.0.1 -p 5433
            """
    }
}
