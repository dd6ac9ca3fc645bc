import Demetra
import DemetraStorage
import DemetraTypes
import Foundation

/// A database in memory with a clock that the test moves.
final class AlertWorld {
    let files = MemoryFileSystem()
    let clock = ManualClock(start: AlertWorld.start)
    private(set) var database: Database

    /// 2026-03-10 12:00 UTC.
    static let start = Timestamp(microseconds: 1_773_144_000_000_000)

    init() throws {
        database = try Database.open(
            "world", fileSystem: files, clock: clock, DatabaseConfiguration(processorCount: 1))
    }

    /// Ends the database and opens it again.
    func reopen() throws {
        try database.close()
        database = try Database.open(
            "world", fileSystem: files, clock: clock, DatabaseConfiguration(processorCount: 1))
    }

    /// Moves the time forward.
    func pass(minutes: Int) { clock.advance(microseconds: Int64(minutes) * 60_000_000) }

    /// Runs statements; each row of the last answer as texts joined by `|`, NULL as `-`.
    @discardableResult
    func run(_ sql: String) throws -> [String] {
        try database.connect().query(SQL(sql)).map { row in
            zip(row.values, row.schema.fields).map { value, field in
                ValueText.text(value, type: field.type) ?? "-"
            }.joined(separator: "|")
        }
    }

    /// The error of statements, nil when they succeed.
    func error(_ sql: String) -> DemetraError? {
        do {
            try run(sql)
            return nil
        } catch {
            return error as? DemetraError
        }
    }

    /// `fired/resolved/firing` of one rule.
    func check(_ rule: String) throws -> String {
        try run("CHECK ALERT \(rule)")
            .map { $0.split(separator: "|", omittingEmptySubsequences: false) }
            .map { "\($0[3])/\($0[4])/\($0[2])" }.joined()
    }

    /// The files of `Samples/alerts`, by name.
    static func samples() throws -> [(name: String, sql: String)] {
        let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.appending(path: "Samples/alerts")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".sql") }.sorted()
            .map { name in
                let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
                return (String(name.dropLast(4)), text)
            }
    }
}
