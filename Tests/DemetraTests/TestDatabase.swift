import Demetra
import DemetraEngine
import Foundation

/// A database in a directory of its own, gone with the object, and the ways tests talk to it.
final class TestDatabase {
    private(set) var database: Database
    private let path: String

    /// An empty database.
    init() throws {
        path = NSTemporaryDirectory() + "demetra-tests-" + UUID().uuidString
        database = try Database.open(at: path)
    }

    deinit {
        try? database.close()
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Closes the database and opens it again: what is there now was written.
    func reopen() throws {
        try database.close()
        database = try Database.open(at: path)
    }

    /// Runs statements; gives the rows of the last one as values by name.
    @discardableResult
    func rows(_ sql: String) throws -> [[String: Value]] {
        try answer(sql).map { row in
            Dictionary(
                zip(row.schema.fields.map(\.name), row.values),
                uniquingKeysWith: { first, _ in first })
        }
    }

    /// Runs statements; gives the answer of the last one.
    @discardableResult
    func answer(_ sql: String) throws -> Rows { try database.connect().query(SQL(sql)) }

    /// The error a statement ends with, or nil.
    func failure(_ sql: String) -> DemetraError? {
        do {
            _ = try database.connect().query(SQL(sql))
            return nil
        } catch {
            return error
        }
    }

    /// Imports a file into a new table.
    func importFile(_ file: String, into table: String) throws {
        _ = try database.connect().importFile(
            file, into: table, options: ImportOptions(isStrict: true), progress: { _ in })
    }
}

/// Files beside the package; tests that need them are skipped where they are not.
enum SharedFiles {
    /// The directory `shared` beside the package.
    static let directory: String = {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return "/\(root)/../shared/"
    }()

    /// Why a test that needs the files does not run.
    static let absence = "the directory ../shared with its data is not there"

    /// True where the files are.
    static let arePresent = FileManager.default.fileExists(atPath: directory + "data/roi")
}

extension Value {
    /// The number, or NaN.
    var number: Double {
        switch self {
        case .double(let value): value
        case .integer(let value): Double(value)
        case .numeric(let value): Double(value.description) ?? .nan
        default: .nan
        }
    }

    /// The text, or an empty one.
    var string: String { if case .text(let text) = self { text } else { "" } }
}
