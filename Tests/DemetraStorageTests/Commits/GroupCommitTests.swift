import DemetraStorage
import DemetraTesting
import DemetraTypes
import Synchronization
import Testing

@Suite struct `A slow disk` {
    ///     writers 1...64   commit, commit, commit ...      each a row of its own
    ///     disk             sync -------- sync -------- sync
    ///
    /// Half of the writers wait for the running sync at the worst, so each sync has about 32 commits.
    @Test func `is synced once for all who wait`() throws {
        let disk = SlowFileSystem(milliseconds: 25)
        let fixture = try StoreFixture(disk, configuration: StoreConfiguration())
        try fixture.create("ads")
        let before = disk.syncs
        let (writers, rows) = (64, 10)
        let errors = try fixture.insert(
            writers: writers, rows: rows, into: "ads", text: { _ in nil })
        #expect(errors.isEmpty)
        #expect(try fixture.contents()["ads"]?.count == writers * rows)
        let syncs = disk.syncs - before
        #expect(writers * rows >= 20 * syncs, "\(writers * rows) commits in \(syncs) syncs")
        // One that shared syncs with nobody would have been answered before it was durable.
        #expect(syncs >= rows)
    }
}

/// A file system in memory whose syncs take their time and are counted.
private final class SlowFileSystem: FileSystem {
    private let inner: any FileSystem = MemoryFileSystem()
    private let milliseconds: Int
    private let counter = Mutex(0)

    init(milliseconds: Int) { self.milliseconds = milliseconds }

    var syncs: Int { counter.withLock { $0 } }

    func open(_ path: String, creating: Bool) throws(DemetraError) -> any StorageFile {
        SlowFile(try inner.open(path, creating: creating), self)
    }
    func exists(_ path: String) -> Bool { inner.exists(path) }
    func createDirectory(_ path: String) throws(DemetraError) { try inner.createDirectory(path) }
    func list(_ path: String) throws(DemetraError) -> [String] { try inner.list(path) }
    func rename(_ path: String, to target: String) throws(DemetraError) {
        try inner.rename(path, to: target)
    }
    func remove(_ path: String) throws(DemetraError) { try inner.remove(path) }
    func removeDirectory(_ path: String) throws(DemetraError) { try inner.removeDirectory(path) }
    func syncDirectory(_ path: String) throws(DemetraError) { try inner.syncDirectory(path) }
    func lock(_ path: String) throws(DemetraError) -> any FileLock { try inner.lock(path) }

    private final class SlowFile: StorageFile {
        private let inner: any StorageFile
        private let system: SlowFileSystem

        init(_ inner: any StorageFile, _ system: SlowFileSystem) {
            self.inner = inner
            self.system = system
        }

        func byteCount() throws(DemetraError) -> Int { try inner.byteCount() }
        func read(at offset: Int, count: Int) throws(DemetraError) -> [UInt8] {
            try inner.read(at: offset, count: count)
        }
        func append(_ bytes: [UInt8]) throws(DemetraError) { try inner.append(bytes) }
        func overwrite(_ bytes: [UInt8], at offset: Int) throws(DemetraError) {
            try inner.overwrite(bytes, at: offset)
        }
        func sync() throws(DemetraError) {
            system.counter.withLock { $0 += 1 }
            _ = Monitor(()).wait(milliseconds: system.milliseconds) { _ -> Void? in nil }
            try inner.sync()
        }
        func truncate(to byteCount: Int) throws(DemetraError) {
            try inner.truncate(to: byteCount)
        }
    }
}
