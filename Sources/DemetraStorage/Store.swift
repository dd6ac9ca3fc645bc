import DemetraCatalog
package import DemetraTypes
import Synchronization

/// The rows of one database: a directory with a lock, a log of commits, segments, and a manifest that says
/// which of them count.
///
/// Commits are serial: each is checked against the current state, written to the log, synced together with
/// those that wait beside it, and only then shown to readers and acknowledged. In the background the rows
/// of the memtable become segments, a new manifest takes the place of the old one, and the log before it
/// goes. A sync that fails closes the store for writes: nobody knows what reached the disk until it is
/// opened again.
package final class Store: Sendable {
    struct State: Sendable {
        var waiting: [CommitCall] = []
        var hasLeader = false
        var census = WriterCensus()
        /// A leader waits until so many commits wait.
        var gathered: Int?
        var isFlushing = false
        var isClosed = false
        /// Somebody waits for the pass that is under way: what it can leave out it should.
        var isHurried = false
        var poison: DemetraError?
        /// What the last flush failed with.
        var flushFailure: DemetraError?
    }

    /// What only the writer touches: whoever leads a group of commits, or begins or ends a flush.
    struct Writer: ~Copyable {
        let log: WriteAheadLog
        /// The segments that the manifest names, and those attached since.
        var known: [SegmentID: KnownSegment]
        var manifestNumber: Int64
        var floor: UInt64
        /// Bytes of memtable at which the next flush begins; more after one that failed.
        var flushBytes: Int
        /// Segments that there were after the last flush.
        var settledSegments: Int
        /// Rows that were hidden after the last flush.
        var settledHidden: Int
        /// Rows that the log hides and that are in segments whose row ids cannot be read: the log says so again
        /// before it is cut, so that they stay hidden when the file comes back from a backup.
        let unplaced: [TableID: [RowID]]
    }

    let directory: DatabaseDirectory
    let configuration: StoreConfiguration
    let clock: any Clock
    /// What the whole database may use: the cache, the memtable and statements have their parts in it.
    package let memory: MemoryBudget
    /// The memtable's part.
    let memtable: MemoryBudget
    let writer: Mutex<Writer>
    let state = Monitor(State())
    /// Whether the commits are there that a leader waits for.
    let company = Monitor(false)
    let current: Mutex<Snapshot>
    let spoiled = SpoiledSegments()
    /// The last commit when the store was opened.
    private let opened: CommitSequence
    /// What recovery found when the store was opened.
    package let recovery: RecoveryReport
    private let lock: Mutex<(any FileLock)?>

    private init(
        directory: DatabaseDirectory, configuration: StoreConfiguration, clock: any Clock,
        memory: MemoryBudget, lock: (any FileLock)?, writer: consuming sending Writer,
        snapshot: Snapshot, recovery: RecoveryReport
    ) {
        self.directory = directory
        self.configuration = configuration
        self.clock = clock
        self.memory = memory
        memtable = memory.child("memtable")
        self.lock = Mutex(lock)
        self.writer = Mutex(writer)
        current = Mutex(snapshot)
        opened = snapshot.sequence
        self.recovery = recovery
    }

    /// Opens the database in a directory; makes it when there is none.
    ///
    /// - Parameter clock: gives commits their times.
    /// - Throws: 55P03 naming the process that holds it, 3D000 when the directory holds something else,
    ///   58030 when it cannot be used, 0A000 when a later Demetra wrote it, XX001 when the manifest or the
    ///   log is damaged. A damaged segment does not keep the database from being opened: reading its
    ///   table says what is wrong.
    package static func open(
        path: String, fileSystem: any FileSystem, clock: any Clock,
        configuration: StoreConfiguration = StoreConfiguration()
    ) throws(DemetraError) -> Store {
        let memory = MemoryBudget(name: "database", limitBytes: configuration.memoryLimitBytes)
        memory.charge(ProgramMemory.byteCount(limitBytes: configuration.memoryLimitBytes))
        let cache = BlockCache(
            budget: memory.child(
                "block cache",
                limitBytes: configuration.cacheLimitBytes(of: configuration.memoryLimitBytes)))
        memory.addReclaimer { [weak cache] byteCount in cache?.shrink(by: byteCount) }
        let files =
            configuration.isReadOnly
            ? OverlayFileSystem(fileSystem, temporaryPrefix: path + "/tmp/") : fileSystem
        let directory = DatabaseDirectory(path: path, fileSystem: files, cache: cache)
        let recovery = Recovery(directory: directory, configuration: configuration)
        let lock: (any FileLock)?
        if configuration.isReadOnly {
            lock = try ClosedDatabase.lock(path, fileSystem)
        } else {
            try fileSystem.createDirectory(path)
            try recovery.checkDirectory()
            lock = try fileSystem.lock(path + "/LOCK")
        }
        let found = try recovery.run()
        let writer = Writer(
            log: found.log, known: found.known, manifestNumber: found.manifestNumber,
            floor: found.floor, flushBytes: configuration.memtableBytes,
            settledSegments: found.known.count, settledHidden: found.snapshot.hiddenCount,
            unplaced: found.unplaced)
        return Store(
            directory: directory, configuration: configuration, clock: clock, memory: memory,
            lock: lock, writer: writer, snapshot: found.snapshot, recovery: found.report)
    }

    /// The database as of the last commit.
    package func snapshot() -> Snapshot { current.withLock { $0 } }

    /// What the parts of the database use, and may: all of it, the program itself, the cache, the memtable, and
    /// statements; then what these have written to temporary files since the database was opened.
    package var memoryParts: [(name: String, usedBytes: Int, limitBytes: Int?)] {
        let (all, cache, rows) = (memory.usedBytes, directory.cache.byteCount, memtable.usedBytes)
        let program = ProgramMemory.byteCount(limitBytes: memory.limitBytes)
        return [
            (memory.name, all, memory.limitBytes), ("program", program, nil),
            ("block cache", cache, configuration.cacheLimitBytes(of: memory.limitBytes)),
            (memtable.name, rows, nil), ("statements", max(0, all - program - cache - rows), nil),
            ("spilled", directory.temporaryByteCount, nil),
        ]
    }

    /// Whether no commit is taken.
    package var isReadOnly: Bool { configuration.isReadOnly }

    /// The directory of the database.
    package var path: String { directory.path }

    /// What is left for rows: the limit without the program itself.
    package var statementLimitBytes: Int {
        memory.limitBytes - ProgramMemory.byteCount(limitBytes: memory.limitBytes)
    }

    /// What the whole database might use when it was opened.
    package var openedMemoryLimitBytes: Int { configuration.memoryLimitBytes }

    /// Sets what the whole database may use. The cache gives back at once what is beyond its part; statements keep
    /// what they have.
    package func setMemoryLimit(_ byteCount: Int) {
        memory.charge(
            ProgramMemory.byteCount(limitBytes: byteCount)
                - ProgramMemory.byteCount(limitBytes: memory.limitBytes))
        memory.setLimit(byteCount)
        directory.cache.setLimit(configuration.cacheLimitBytes(of: byteCount))
    }

    /// Makes a transaction durable and visible; waits until it is.
    ///
    /// - Throws: 23505 and 40001 when it does not fit the current state, 58030 when the disk fails, 53100
    ///   when it is full.
    @discardableResult
    package func commit(_ transaction: WriteTransaction) throws(DemetraError) -> CommitSequence {
        try commit(.statement(transaction))
    }

    static let closed = DemetraError(.objectNotInPrerequisiteState, "the database is closed")

    /// Why commits are refused; nil when they are taken.
    func whyRefused(isClosed: Bool) -> DemetraError? {
        if isClosed { return Self.closed }
        guard isReadOnly else { return nil }
        return DemetraError(.readOnlyTransaction, "the database is open for reading only")
    }

    /// Writes the memtable to segments and cuts the log; waits for a flush that is under way.
    ///
    /// - Throws: 53100 or 58030 when the disk fails; nothing is lost then, the log still has it.
    package func flush() throws(DemetraError) {
        beginFlush()
        if state.withLock({ $0.isClosed }) {
            endFlush(nil)
            throw Self.closed
        }
        endFlush(runFlush())
        if let failure = state.withLock({ $0.flushFailure }) { throw failure }
        startCompaction()
    }

    /// Writes the memtable out where that saves the next opening time, joins segments where that is due, and gives
    /// the directory free; later commits fail.
    ///
    /// - Throws: what the last flush failed with; the log still has everything.
    package func close() throws(DemetraError) {
        let wasClosed = state.withLock { state in
            defer { (state.isClosed, state.isHurried) = (true, true) }
            return state.isClosed
        }
        guard !wasClosed else { return }
        // Nobody leads and nothing is flushed from here on.
        _ = state.wait { $0.hasLeader ? nil : true }
        beginFlush()
        let isWorthIt = writer.withLock {
            !isReadOnly && $0.log.bytesSinceFlush > StoreConfiguration.smallLogBytes
        }
        let isPoisoned = state.withLock { state in
            state.isHurried = false
            return state.poison != nil
        }
        let failure = isWorthIt && !isPoisoned ? runFlush() : nil
        // A program that opens, writes and closes has no background: what it hid is gone when it ends.
        if failure == nil, !isPoisoned, snapshot().sequence > opened, isCompactionDue {
            _ = rewrite(.compaction)
        }
        if failure == nil, !isPoisoned, !isReadOnly {
            // Without it the next opening is as after a crash: no harm.
            writer.withLock { try? $0.log.writeEnd(after: snapshot().sequence) }
        }
        endFlush(failure)
        lock.withLock { $0 = nil }
        if let failure { throw failure }
    }
}
