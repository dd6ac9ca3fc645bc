import DemetraAnalytics
import DemetraFunctions
import DemetraTypes
import Testing

@Suite struct `Drawing response curves` {
    private typealias Simulation = CampaignSimulation
    private let call = SpendCall(ResponseCurveFunction.function)

    @Test func `every channel has its points, rising, with the present position once`() throws {
        let rows = try call.rows(Simulation.attributed(days: 60), [("points", .integer(21))])
        for (name, points) in Dictionary(grouping: rows, by: { $0["channel"]?.string ?? "" }) {
            #expect(points.count == 22, "\(name)")
            #expect(points.count { $0["is_current"] == .boolean(true) } == 1)
            for (left, right) in zip(points, points.dropFirst()) {
                #expect(left["spend"]?.number ?? .nan < right["spend"]?.number ?? .nan)
                #expect(left["response"]?.number ?? .nan <= right["response"]?.number ?? .nan)
            }
            for point in points {
                let response = point["response"]?.number ?? .nan
                #expect(point["lower"]?.number ?? .nan <= response)
                #expect(response <= point["upper"]?.number ?? .nan)
                #expect(point["marginal"]?.number ?? .nan >= 0)
            }
            #expect(points[0]["spend"]?.number == 0 && points[0]["response"]?.number == 0)
            #expect(points[0]["notice"] == .null)
            #expect(points[21]["notice"]?.string.contains("extrapolated") == true)
        }
        #expect(
            rows.map { $0["channel"]?.string } == rows.map { $0["channel"]?.string ?? "" }.sorted())
    }

    @Test func `the present position is where a simulation starts`() throws {
        let history = Simulation.attributed(days: 60)
        let simulated = try SpendCall(SimulateBudgetFunction.function).rows(history, spends: [])
        let points = try call.rows(history).filter { $0["is_current"] == .boolean(true) }
        for (point, row) in zip(points, simulated) {
            #expect(point["channel"] == row["channel"])
            #expect(point["spend"] == row["current_spend"])
            #expect(point["response"] == row["current_response"])
            #expect(point["lower"] == row["lower"] && point["upper"] == row["upper"])
        }
        #expect(points.count == 3)
    }

    @Test func `one channel can be asked for, up to any spend`() throws {
        let rows = try call.rows(
            Simulation.attributed(days: 60),
            [("channel", .text("tiktok")), ("points", .integer(5)), ("max_spend", .double(1_000))])
        #expect(Set(rows.map { $0["channel"]?.string }) == ["tiktok"])
        let grid = rows.filter { $0["is_current"] == .boolean(false) }
        #expect(grid.map { $0["spend"]?.number } == [0, 250, 500, 750, 1_000])
    }

    @Test func `a name that is no channel is told the nearest, and how to name the column`() {
        let history = Simulation.attributed(days: 20)
        let unknown = call.failure(history, [("channel", .text("tikotk"))])
        #expect(unknown?.sqlState == .invalidParameterValue)
        #expect(unknown?.hint?.contains("\"tiktok\"") == true)
        let column = call.failure(history, [("channel", .text("channel"))])
        #expect(column?.sqlState == .invalidParameterValue)
        #expect(column?.hint?.contains("channel_column => 'channel'") == true)
        let points = call.failure(history, [("points", .integer(1))])
        #expect(points?.sqlState == .invalidParameterValue)
    }

    @Test func `a channel that never spent is one point`() throws {
        let silent = Simulation.attributed(days: 20).map { row in
            row[1] == .text("email") ? [row[0], row[1], .double(0), row[3]] : row
        }
        let rows = try call.rows(silent, [("channel", .text("email"))])
        #expect(rows.count == 1)
        #expect(rows[0]["is_current"] == .boolean(true))
        #expect(rows[0]["notice"]?.string.contains("never spent") == true)
        #expect(try call.rows([]).isEmpty)
    }

    @Test func `the order of rows and the number of threads change nothing`() throws {
        let history = Simulation.attributed(days: 40)
        var generator = SeededGenerator(seed: 5)
        var threaded = call
        threaded.workers = ManyWorkers()
        #expect(
            try call.rows(history) == threaded.rows(history.shuffled(using: &generator)))
        let stopped = call
        stopped.cancellation.cancel()
        #expect(stopped.failure(history)?.sqlState == .queryCanceled)
    }
}
