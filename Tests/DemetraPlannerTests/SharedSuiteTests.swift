import DemetraPlanner
import DemetraSQL
import DemetraTypes
import Testing

/// Binds and plans every statement of a folder of sqllogictest files, without running any.
///
/// Errors the binder owes (class 42 and unreadable constants) must come out; nothing else may fail; types
/// of result columns must be those of the file; optimised plans must be well formed.
@Suite struct SharedSuiteTests {
    private static let folder = ProcessEnvironment.value("DEMETRA_SQL_CASES")

    private struct Record {
        var kind: String
        var argument: String
        var sql: String
        var line: Int
        var tier: Int
    }

    @Test(.enabled(if: folder != nil))
    func `every statement of the shared suite binds as PostgreSQL would`() throws {
        let root = try #require(Self.folder)
        var failures: [String] = []
        var count = 0
        for group in ProcessEnvironment.entries(of: root) {
            for file in ProcessEnvironment.entries(of: "\(root)/\(group)")
            where file.hasSuffix(".slt") {
                let text = ProcessEnvironment.text(of: "\(root)/\(group)/\(file)") ?? ""
                var fixture = PlannerFixture()
                for record in Self.records(text) {
                    count += 1
                    if let failure = Self.check(record, &fixture) {
                        failures.append(
                            "t\(record.tier) \(group)/\(file):\(record.line) \(failure)\n      \(record.sql)"
                        )
                    }
                }
            }
        }
        print("\(count) statements, \(failures.count) failures")
        for failure in failures { print("  " + failure) }
        #expect(failures.isEmpty)
    }

    private static func check(_ record: Record, _ fixture: inout PlannerFixture) -> String? {
        do throws(DemetraError) {
            let bound = try fixture.run(record.sql)
            if record.kind == "error", isOwed(record.argument) {
                return "bound, but \(record.argument) was expected"
            }
            guard case .query(let plan) = bound else { return nil }
            if record.kind == "query" {
                let letters = plan.columns.map { letter($0.type) }.joined()
                if letters != record.argument {
                    return "types \(letters), not \(record.argument)"
                }
            }
            for (name, candidate) in [("bound", plan), ("optimised", try fixture.optimized(plan))] {
                let complaints = PlanChecker.complaints(about: candidate)
                if !complaints.isEmpty {
                    return "\(name): " + complaints.joined(separator: "; ") + "\n"
                        + PlanPrinter.text(candidate).map { "        " + $0 }.joined(
                            separator: "\n")
                }
                if candidate.columns != plan.columns { return "other columns than before" }
            }
            return nil
        } catch {
            if record.kind == "error", record.argument == error.sqlState.code { return nil }
            return "\(error)"
        }
    }

    private static func isOwed(_ state: String) -> Bool { state.hasPrefix("42") }

    private static func letter(_ type: LogicalType) -> String {
        switch type {
        case .smallint, .integer, .bigint: "I"
        case .numeric: "N"
        case .real, .double: "R"
        case .boolean: "B"
        case .date, .timestamp, .timestamptz: "D"
        case .interval: "V"
        default: "T"
        }
    }

    private static func records(_ text: String) -> [Record] {
        var result: [Record] = []
        var tier = 1
        var skips = false
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var index = 0
        while index < lines.count {
            let line = lines[index]
            if line.hasPrefix("# tier:") { tier = Int(line.dropFirst(8)) ?? 1 }
            if line.hasPrefix("skipif demetra") || line.hasPrefix("onlyif") { skips = true }
            let words = line.split(separator: " ").map(String.init)
            let isRecord = ["statement", "query"].contains(words.first ?? "")
            guard isRecord, words.count > 1 else {
                index += 1
                continue
            }
            let start = index + 1
            var sql: [String] = []
            index += 1
            while index < lines.count, lines[index] != "----", !lines[index].isEmpty {
                sql.append(lines[index])
                index += 1
            }
            if index < lines.count, lines[index] == "----" {
                while index < lines.count, !lines[index].isEmpty { index += 1 }
            }
            let kind = words[0] == "query" ? "query" : words[1]
            let argument = words[0] == "query" ? words[1] : (words.count > 2 ? words[2] : "")
            if !skips {
                result.append(
                    Record(
                        kind: kind, argument: argument, sql: sql.joined(separator: "\n"),
                        line: start, tier: tier))
            }
            skips = false
        }
        return result
    }
}
