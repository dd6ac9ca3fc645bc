import DemetraCatalog
import DemetraStorage
import DemetraTypes
import Foundation
import Testing

/// A directory of its own, removed with the object.
private final class TemporaryDirectory {
    let path: String

    init() throws {
        let unique = FileManager.default.temporaryDirectory.appendingPathComponent(
            "demetra-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: unique, withIntermediateDirectories: true)
        path = unique.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct `Files of the operating system` {
    private let directory: TemporaryDirectory
    private let files = PosixFileSystem()

    init() throws { directory = try TemporaryDirectory() }

    private func open(_ name: String) throws(DemetraError) -> Store {
        try Store.open(
            path: directory.path + "/" + name, fileSystem: files,
            clock: ManualClock(start: Timestamp(microseconds: 0)))
    }

    @Test func `hold what was written through a restart`() throws {
        var store = try open("a/b/db")
        for key in 0..<3 {
            let snapshot = store.snapshot()
            var transaction = WriteTransaction(snapshot: snapshot)
            let table = StoreFixture.definition(1, "ads")
            if key == 0 { transaction.change(.putTable(table)) }
            transaction.insert(
                table.id,
                [
                    StoreFixture.batch(
                        [TestRow(key: Int64(key), text: "ä", amount: 1, factor: -0.0)], table)
                ], onConflict: .error)
            try store.commit(transaction)
            if key == 1 { try store.flush() }
            try store.close()
            store = try open("a/b/db")
        }
        #expect(try StoreFixture.rows("ads", store.snapshot()).map(\.key) == [0, 1, 2])
        try store.close()
    }

    @Test func `tell a second process who holds the database`() throws {
        let store = try open("db")
        let error = #expect(throws: DemetraError.self) { _ = try open("db") }
        #expect(error?.sqlState == .lockNotAvailable)
        #expect(
            error?.message
                == "database is in use by process \(ProcessInfo.processInfo.processIdentifier)")
        try store.close()
        _ = try open("db")
    }

    @Test func `are read by many at once, and change neither then nor at the end`() throws {
        let table = StoreFixture.definition(1, "ads")
        let writer = try open("db")
        var transaction = WriteTransaction(snapshot: writer.snapshot())
        transaction.change(.putTable(table))
        transaction.insert(
            table.id,
            [
                StoreFixture.batch([TestRow(key: 7, text: "ä", amount: 1, factor: 0)], table)
            ], onConflict: .error)
        try writer.commit(transaction)
        let refused = #expect(throws: DemetraError.self) { _ = try reader("db") }
        #expect(refused?.sqlState == .lockNotAvailable)
        try writer.close()
        let before = try content("db")
        let (one, other) = (try reader("db"), try reader("db"))
        #expect(try StoreFixture.rows("ads", one.snapshot()).map(\.key) == [7])
        var change = WriteTransaction(snapshot: other.snapshot())
        change.insert(
            table.id,
            [
                StoreFixture.batch([TestRow(key: 8, text: "b", amount: 1, factor: 0)], table)
            ], onConflict: .error)
        let error = #expect(throws: DemetraError.self) { try other.commit(change) }
        #expect(error?.sqlState == .readOnlyTransaction)
        #expect(throws: DemetraError.self) { _ = try open("db") }
        try one.close()
        try other.close()
        #expect(try content("db") == before)
        let missing = #expect(throws: DemetraError.self) { _ = try reader("none") }
        #expect(missing?.sqlState == .invalidCatalogName)
    }

    @Test func `without a name are gone with whoever has them open`() throws {
        let file = try files.openUnnamed()
        try file.append([1, 2, 3])
        #expect(try file.read(at: 1, count: 2) == [2, 3])
        #expect(try file.byteCount() == 3)
    }

    private func reader(_ name: String) throws(DemetraError) -> Store {
        try Store.open(
            path: directory.path + "/" + name, fileSystem: files,
            clock: ManualClock(start: Timestamp(microseconds: 0)),
            configuration: StoreConfiguration(isReadOnly: true))
    }

    /// Every file below a directory, with its bytes.
    private func content(_ name: String) throws -> [String: Data] {
        let root = directory.path + "/" + name
        var content: [String: Data] = [:]
        for file in try FileManager.default.subpathsOfDirectory(atPath: root) {
            content[file] = FileManager.default.contents(atPath: root + "/" + file)
        }
        return content
    }

    @Test func `refuse a file as a database`() throws {
        _ = try files.open(directory.path + "/file", creating: true)
        let error = #expect(throws: DemetraError.self) { _ = try open("file") }
        #expect(error?.message == "\"\(directory.path)/file\" is a file, not a directory")
    }

    @Test func `refuse a missing file with its name`() throws {
        let error = #expect(throws: DemetraError.self) {
            _ = try files.open(directory.path + "/none", creating: false)
        }
        #expect(error?.sqlState == .undefinedFile)
    }

    @Test func `give the bytes of any part of a file`() throws {
        let file = try files.open(directory.path + "/file", creating: true)
        try file.append([1, 2, 3])
        try file.append([4, 5])
        #expect(try file.read(at: 1, count: 3) == [2, 3, 4])
        #expect(try file.read(at: 3, count: 100) == [4, 5])
        #expect(try file.read(at: 9, count: 1).isEmpty)
        try file.truncate(to: 1)
        try file.append([9])
        #expect(try file.read(at: 0, count: 9) == [1, 9])
    }
}
