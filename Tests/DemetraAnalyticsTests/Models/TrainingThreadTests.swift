import DemetraAnalytics
import DemetraFunctions
import DemetraTypes
import DemetraVectors
import Dispatch
import Testing

/// As many threads as the machine has, in whatever order it likes.
private struct DispatchWorkers: Workers {
    func forEach(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        DispatchQueue.concurrentPerform(iterations: count, execute: body)
    }
}

/// One thread, from the last piece to the first.
private struct BackwardWorkers: Workers {
    func forEach(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        for index in (0..<count).reversed() { body(index) }
    }
}

@Suite struct `Training on threads` {
    private typealias Table = CampaignTable

    private func bytes(_ rows: [[Value]], _ workers: any Workers) throws -> [UInt8] {
        var options = ROIModelOptions()
        options.booster.roundLimit = 40
        return try ROIModel.train(
            schema: Table.schema, batches: CampaignSimulation.batches(rows, Table.schema),
            target: "roi", options: options, trainedAt: Timestamp(microseconds: 0),
            cancellation: CancellationFlag(), workers: workers
        ).encoded()
    }

    @Test(arguments: [100, 900, 5_000])
    func `gives the same bytes as on one`(count: Int) throws {
        let rows = Table.rows(count, signal: 1)
        let alone = try bytes(rows, CallerWorkers())
        #expect(try bytes(rows, DispatchWorkers()) == alone)
        #expect(try bytes(rows, BackwardWorkers()) == alone)
    }

    @Test(arguments: [1e-9, 1, 1e12])
    func `and the unit of the target changes nothing but the unit`(scale: Double) throws {
        let rows = Table.rows(600, signal: 1)
        let scaled = rows.map { row in Array(row.dropLast()) + [.double(row[5].number * scale)] }
        let (one, other) = (try Table.train(rows), try Table.train(scaled))
        #expect(other.signal == .strong)
        #expect(abs(other.quality.r2 - one.quality.r2) < 0.01)
    }

    @Test func `outliers do not overflow the sums`() throws {
        var rows = Table.rows(600, signal: 1)
        rows[7][5] = .double(1e15)
        let model = try Table.train(rows)
        let predicted = Table.predict(model, rows).predicted
        #expect(predicted.allSatisfy { $0.isFinite })
    }
}
