import Demetra
import Foundation
import Testing

/// ALLOCATE_BUDGET on simulated histories whose true curves are known: what its split is worth, as the
/// share of what the best possible split adds to the present one.
@Suite(.enabled(if: SharedFiles.arePresent, Comment(rawValue: SharedFiles.absence)))
struct `Budgets on simulated histories` {
    /// What the simulator keeps to itself.
    private struct Truth: Decodable {
        struct Curve: Decodable {
            let curve: String
            let k: Double
            let s: Double
            let beta: Double
        }
        let kind: String
        let total_budget: Double
        let params: [Curve]
        let channels: [String]
        let reference: [Double]
        let optimal: [Double]
        let min: [Double]
        let max: [Double]

        func outcome(_ spend: [Double]) -> Double {
            zip(params, spend).reduce(0) { sum, pair in
                let (curve, x) = pair
                guard curve.curve == "hill", x > 0 else { return sum }
                return sum + curve.beta * pow(x, curve.s)
                    / (pow(curve.k, curve.s) + pow(x, curve.s))
            }
        }
    }

    private static let directory = SharedFiles.directory + "ml/scenarios/"
    private static let names: [String] = {
        let found = try? FileManager.default.contentsOfDirectory(atPath: directory)
        return (found ?? []).sorted()
    }()

    private func truth(_ name: String) throws -> Truth {
        let bytes = try Data(
            contentsOf: URL(fileURLWithPath: Self.directory + name + "/truth.json"))
        return try JSONDecoder().decode(Truth.self, from: bytes)
    }

    /// The rows of the recommendation, in the order of the truth's channels.
    private func recommendation(_ name: String, _ truth: Truth) throws -> [[String: Value]] {
        let test = try TestDatabase()
        try test.importFile(Self.directory + name + "/data.csv", into: "history")
        try test.importFile(Self.directory + name + "/problem.csv", into: "problem")
        let wide =
            truth.kind == "total"
            ? ", spend => 'spend_%', outcome => 'revenue', controls => 'promo'" : ""
        let rows = try test.rows(
            """
            SELECT * FROM ALLOCATE_BUDGET(TABLE history, budget => \(truth.total_budget),
              bounds => TABLE problem\(wide))
            """)
        return try truth.channels.map { channel in
            try #require(rows.first { $0["channel"] == .text(channel) })
        }
    }

    @Test
    func `spend the budget within the bounds, harm nowhere and gain most of what can be gained`()
        throws
    {
        var shares: [String: [Double]] = [:]
        for name in Self.names {
            let truth = try truth(name)
            let rows = try recommendation(name, truth)
            let spend = rows.map { $0["recommended_spend"]?.number ?? .nan }
            #expect(abs(spend.reduce(0, +) - truth.total_budget) <= 0.01, "\(name)")
            for (index, value) in spend.enumerated() {
                #expect(
                    value >= truth.min[index] - 0.005 && value <= truth.max[index] + 0.005,
                    "\(name)")
            }
            #expect(rows.allSatisfy { $0["reason"]?.string.isEmpty == false }, "\(name)")
            #expect(
                rows.allSatisfy { row in
                    let expected = row["expected_response"]?.number ?? .nan
                    return row["lower"]?.number ?? .nan <= expected
                        && expected <= row["upper"]?.number ?? .nan
                }, "\(name)")
            let present = truth.outcome(truth.reference)
            let share =
                (truth.outcome(spend) - present) / (truth.outcome(truth.optimal) - present)
            #expect(share >= -0.02, "\(name) is worse than the present mix: \(share)")
            shares[truth.kind, default: []].append(share)
        }
        let attributed = try #require(shares["attributed"])
        let total = try #require(shares["total"])
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        #expect(mean(attributed) >= 0.93)
        #expect(attributed.min() ?? 0 >= 0.80)
        #expect(mean(total) >= 0.60)
        #expect(mean(attributed + total) >= 0.72)
    }
}
