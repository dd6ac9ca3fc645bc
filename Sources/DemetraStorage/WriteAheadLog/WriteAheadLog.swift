import DemetraTypes

/// The durable log of commits.
///
///     file      magic "DEMWAL01"   8 bytes
///     record    length UInt32 of the payload, crc32c UInt32 of sequence and payload, sequence UInt64, payload
///
/// - Invariant: sequences grow by one from record to record.
/// - Invariant: a record that was not synced may be missing or torn at the end of the file only; a bad
///   record before a good one is damage, and said so.
// Owned by the writer.
final class WriteAheadLog {
    static let magic = Array("DEMWAL01".utf8)
    static let headerBytes = 16
    /// No record may be longer: what a length field says is checked against this before it is read.
    static let longestRecord = Int(UInt32.max) - 64

    private let file: any StorageFile
    private let path: String

    /// Opens the log and gives every good record to `replay`, in order.
    ///
    /// - Returns: the log, and how many bytes of a torn record were cut off.
    static func open(
        _ path: String, _ fileSystem: any FileSystem,
        replay: (_ sequence: UInt64, _ payload: [UInt8]) throws(DemetraError) -> Void
    ) throws(DemetraError) -> (log: WriteAheadLog, cutBytes: Int) {
        let file = try fileSystem.open(path, creating: true)
        let log = WriteAheadLog(file: file, path: path)
        let size = try file.byteCount()
        if size < magic.count {
            // A crash while the file was made: nothing was acknowledged yet.
            try file.truncate(to: 0)
            try file.append(magic)
            try file.sync()
            return (log, size)
        }
        guard try file.read(at: 0, count: magic.count) == magic else {
            throw DemetraError(
                .dataCorrupted, "\"\(path)\" is not a write-ahead log of this version",
                hint: "Was the file replaced? Restore it from a backup.")
        }
        let end = try log.replay(size, replay)
        if end < size {
            try file.truncate(to: end)
            try file.sync()
        }
        return (log, size - end)
    }

    private init(file: any StorageFile, path: String) {
        self.file = file
        self.path = path
    }

    /// Reads records until the end or a torn one; gives the offset behind the last good one.
    private func replay(
        _ size: Int, _ body: (UInt64, [UInt8]) throws(DemetraError) -> Void
    ) throws(DemetraError) -> Int {
        var offset = Self.magic.count
        while offset < size {
            guard let (sequence, payload, next) = try record(at: offset, size) else {
                if try hasGoodRecord(after: offset, size) {
                    throw DemetraError(
                        .dataCorrupted, "a record of \"\(path)\" is damaged at byte \(offset)",
                        detail: "Good records follow it, so it was not torn by a crash.",
                        hint: "Restore the database from a backup.")
                }
                return offset
            }
            try body(sequence, payload)
            offset = next
        }
        return offset
    }

    private func record(
        at offset: Int, _ size: Int
    ) throws(DemetraError) -> (UInt64, [UInt8], Int)? {
        guard offset + Self.headerBytes <= size else { return nil }
        var header = ByteReader(
            try file.read(at: offset, count: Self.headerBytes), name: "\"\(path)\"")
        let length = Int(try header.integer(UInt32.self))
        let checksum = try header.integer(UInt32.self)
        let sequence = try header.integer(UInt64.self)
        guard length <= Self.longestRecord, offset + Self.headerBytes + length <= size else {
            return nil
        }
        let checked = try file.read(at: offset + 8, count: 8 + length)
        guard checked.count == 8 + length, Checksum.crc32c(checked) == checksum else { return nil }
        return (sequence, Array(checked[8...]), offset + Self.headerBytes + length)
    }

    /// Whether the record that the damaged one's length leads to is good.
    private func hasGoodRecord(after offset: Int, _ size: Int) throws(DemetraError) -> Bool {
        guard offset + Self.headerBytes <= size else { return false }
        var header = ByteReader(try file.read(at: offset, count: 4), name: "\"\(path)\"")
        let next = offset + Self.headerBytes + Int(try header.integer(UInt32.self))
        guard next + Self.headerBytes <= size else { return false }
        return try record(at: next, size) != nil
    }

    /// Adds a record; durable once `sync` returns.
    func append(sequence: UInt64, payload: [UInt8]) throws(DemetraError) {
        guard payload.count <= Self.longestRecord else {
            throw DemetraError(
                .programLimitExceeded, "a transaction of \(payload.count) bytes is too large",
                hint: "Split the rows over several statements.")
        }
        var checked = ByteWriter()
        checked.write(sequence)
        payload.withUnsafeBytes { checked.write(raw: $0) }
        var record = ByteWriter()
        record.write(UInt32(payload.count))
        record.write(Checksum.crc32c(checked.bytes))
        checked.bytes.withUnsafeBytes { record.write(raw: $0) }
        try file.append(record.bytes)
    }

    /// Returns when all records are durable.
    func sync() throws(DemetraError) { try file.sync() }

    /// Bytes of the file.
    func byteCount() throws(DemetraError) -> Int { try file.byteCount() }

    /// Cuts off what was added behind `end` and never acknowledged.
    func cut(to end: Int) throws(DemetraError) { try file.truncate(to: end) }
}
