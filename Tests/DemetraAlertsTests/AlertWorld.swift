import Demetra
import DemetraStorage
import DemetraTypes
import Foundation

/// A database on a disk in memory, with a clock that the test moves.
final class AlertWorld<Files: FileSystem> {
    private(set) var files: Files
    /// Begins at 2026-03-10 12:00 UTC.
    let clock = ManualClock(start: Timestamp(microseconds: 1_773_144_000_000_000))
    private(set) var database: Database

    init(files: Files) throws {
        self.files = files
        database = try Self.open(files, clock)
    }

    private static func open(_ files: Files, _ clock: ManualClock) throws -> Database {
        try Database.open(
            "world", fileSystem: files, clock: clock, DatabaseConfiguration(processorCount: 1))
    }

    /// Ends the database and opens it again.
    func reopen() throws {
        // A disk that failed may refuse an orderly end.
        try? database.close()
        database = try Self.open(files, clock)
    }

    /// Takes the power away and opens what is left on the disk.
    func crash(_ left: (Files) -> Files) throws {
        files = left(files)
        database = try Self.open(files, clock)
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

}

extension AlertWorld where Files == MemoryFileSystem {
    convenience init() throws { try self.init(files: MemoryFileSystem()) }
}

/// What comes with the product.
enum AlertSamples {
    /// The files of `Samples/alerts`, by name.
    static func all() throws -> [(name: String, sql: String)] {
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
