/// Limits of a store.
package struct StoreConfiguration: Sendable {
    /// Bytes that the database may use in all.
    package var memoryLimitBytes: Int
    /// Bytes of decoded columns, dictionaries and key indexes that are kept in memory; nil for a quarter of all.
    package var cacheBytes: Int?
    /// Bytes of rows outside of segments at which a flush begins.
    package var memtableBytes: Int
    /// Bytes of log at which a flush begins, so that opening never has more to replay.
    package var logBytes: Int
    /// A log file this long is followed by the next one.
    package var logFileBytes: Int
    /// More rows than this in one insert become a segment at once; at most a row group's.
    package var bulkRows: Int
    /// Bytes of rows after which a bulk writer writes segments: some 400,000 rows of ordinary width. Twice as many
    /// cost a tenth more processor time, for memory that the system has to hand out anew.
    package var chunkBytes: Int
    /// Processors for encoding; 1 encodes on the caller.
    package var processorCount: Int
    /// False to flush on the thread whose commit calls for it: for tests that need every run alike.
    package var flushesInBackground: Bool
    /// True to change no file: the store is opened beside others that read, and refuses commits.
    package var isReadOnly: Bool

    /// A log shorter than this is replayed in less time than a flush takes: closing leaves it.
    static let smallLogBytes = 64 << 10
    /// So many segments that only the log names are followed by a flush: opening reads fewer records, and
    /// they are joined with others where that is due.
    static let loggedSegments = 16
    /// So many rows that were hidden since are followed by one too: segments that are worn are written again.
    static let loggedHidden = RowGroup.capacity
    /// With a memtable this many times the limit, commits wait for the flush.
    static let memtableOverdraft = 4

    /// A configuration; the defaults fit a small server.
    package init(
        memoryLimitBytes: Int = 4 << 30, cacheBytes: Int? = nil, memtableBytes: Int = 32 << 20,
        logBytes: Int = 64 << 20,
        logFileBytes: Int = 64 << 20, bulkRows: Int = 65_536, chunkBytes: Int = 48 << 20,
        processorCount: Int = 2,
        flushesInBackground: Bool = true, isReadOnly: Bool = false
    ) {
        self.memoryLimitBytes = memoryLimitBytes
        self.cacheBytes = cacheBytes
        self.memtableBytes = memtableBytes
        self.logBytes = logBytes
        self.logFileBytes = logFileBytes
        self.bulkRows = min(bulkRows, RowGroup.capacity)
        self.chunkBytes = chunkBytes
        self.processorCount = processorCount
        self.flushesInBackground = flushesInBackground
        self.isReadOnly = isReadOnly
    }

    /// What the cache may take; statements have the rest, and the cache gives way to them.
    ///
    /// - Parameter limitBytes: what the whole database may use.
    func cacheLimitBytes(of limitBytes: Int) -> Int {
        let rest = limitBytes - ProgramMemory.byteCount(limitBytes: limitBytes)
        return cacheBytes ?? min(limitBytes / 4, rest / 3)
    }
}
