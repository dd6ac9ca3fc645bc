import Demetra
import DemetraTesting
import Foundation
import Testing

/// Row groups that are left out never change an answer.
@Suite struct `Pruning` {
    private static let fixture = Result { try AdsFixture(processorCount: 2) }

    /// A column, and the same values in a form that no zone map speaks of.
    private static let columns = [
        ("id", "(id + 0)", ["-1", "0", "399", "65535", "65536", "149999", "200000", "NULL"]),
        (
            "day", "(day + 0)",
            [
                "DATE '2024-12-31'", "DATE '2025-01-01'", "DATE '2025-07-04'",
                "DATE '2026-01-10'", "DATE '2027-01-01'",
            ]
        ),
        ("campaign", "(campaign + 0)", ["-1", "0", "50", "96", "97"]),
        ("clicks", "(clicks + 0)", ["-1", "0", "500", "999", "1000"]),
        ("spend", "(spend + 0)", ["-0.01", "0", "50.005", "100.06", "100.07"]),
        ("rate", "(rate + 0)", ["-1", "0", "62.5", "126", "'NaN'"]),
        ("channel", "(channel || '')", ["''", "'google'", "'meta'", "'n'", "'x'", "'zz'"]),
    ]

    private static let operators = ["=", "<>", "<", "<=", ">", ">="]

    @Test(arguments: 0..<60)
    func `keeps every row that a random condition keeps`(round: Int) throws {
        let seed = Seed.chosen?.number ?? 2_026
        var random = SeededGenerator(state: seed &+ UInt64(round))
        var (plain, hidden) = ("", "")
        for term in 0..<Int.random(in: 1...3, using: &random) {
            let (column, wrapped, constants) =
                Self.columns.randomElement(using: &random) ?? Self.columns[0]
            let joint = term == 0 ? "" : (Bool.random(using: &random) ? " AND " : " OR ")
            let (one, other) = condition(column, wrapped, constants, &random)
            plain += joint + one
            hidden += joint + other
        }
        let fixture = try Self.fixture.get()
        let list = "count(*), count(clicks), sum(id), sum(spend), min(day), max(channel)"
        let expected = try fixture.rows("SELECT \(list) FROM ads WHERE \(hidden)")
        #expect(
            try fixture.rows("SELECT \(list) FROM ads WHERE \(plain)") == expected,
            "seed \(seed), round \(round): \(plain)")
    }

    private func condition(
        _ column: String, _ wrapped: String, _ constants: [String], _ random: inout SeededGenerator
    ) -> (String, String) {
        let one = constants.randomElement(using: &random) ?? "NULL"
        let other = constants.randomElement(using: &random) ?? "NULL"
        let pattern: String
        switch Int.random(in: 0..<8, using: &random) {
        case 0: pattern = "@ IS NULL"
        case 1: pattern = "@ IS NOT NULL"
        case 2: pattern = "@ BETWEEN \(one) AND \(other)"
        case 3: pattern = "@ IN (\(one), \(other))"
        case 4: pattern = "NOT (@ \(Self.operators.randomElement(using: &random) ?? "=") \(one))"
        default: pattern = "@ \(Self.operators.randomElement(using: &random) ?? "=") \(one)"
        }
        return (
            pattern.replacingOccurrences(of: "@", with: column),
            pattern.replacingOccurrences(of: "@", with: wrapped)
        )
    }
}
