import DemetraTypes

/// One write to the log: the commits that were synced together.
///
///     length      UInt32    bytes behind the header
///     checksum    UInt32    CRC-32C of all that follows
///     sequence    UInt64    of the first commit
///     count       UInt32    commits
///     commits     each as Int64 microseconds since 1970 UTC (not in files of version 2), UInt32 length,
///                 then `TransactionCodec`
///
/// - Invariant: a record is written after the one before it was synced. So an unsynced record can only be
///   the last one, and a damaged record before a good one was damaged later.
struct LogRecord {
    static let headerBytes = 8
    /// Sequence and count.
    static let prefixBytes = 12
    /// What a length field says is checked against this before anything is read.
    static let longest = Int(UInt32.max) - 64

    /// One commit.
    struct Commit {
        let time: Timestamp
        let payload: [UInt8]
    }

    let sequence: UInt64
    let commits: [Commit]

    /// The record as it lies in the file.
    func encoded() -> [UInt8] {
        var body = ByteWriter()
        body.write(sequence)
        body.write(UInt32(commits.count))
        for commit in commits {
            body.write(commit.time.microseconds)
            body.write(blob: commit.payload)
        }
        var record = ByteWriter()
        record.write(UInt32(body.bytes.count))
        record.write(Checksum.crc32c(body.bytes))
        record.write(raw: body.bytes)
        return record.bytes
    }

    /// Bytes of the file that a commit of so many bytes takes beside others.
    static func byteCount(ofCommit bytes: Int) -> Int { bytes + 12 }

    /// What was found where a record should be.
    enum Found {
        case record(LogRecord, end: Int)
        /// Cut off, or the checksum is wrong: the checksums if the record is there at full length.
        case bad(stored: UInt32?, computed: UInt32?)
    }

    /// Reads the record at an offset of a file's bytes.
    ///
    /// - Parameter isTimeless: whether the file is of a version whose commits have no times.
    static func read(
        _ bytes: [UInt8], at offset: Int, isTimeless: Bool, name: String
    ) throws(DemetraError) -> Found {
        guard offset + headerBytes + prefixBytes <= bytes.count else {
            return .bad(stored: nil, computed: nil)
        }
        var header = ByteReader(Array(bytes[offset..<(offset + headerBytes)]), name: name)
        let length = Int(try header.integer(UInt32.self))
        let stored = try header.integer(UInt32.self)
        let start = offset + headerBytes
        guard length >= prefixBytes, length <= longest, start + length <= bytes.count else {
            return .bad(stored: nil, computed: nil)
        }
        let computed = Checksum.crc32c(bytes[start..<(start + length)])
        guard computed == stored else { return .bad(stored: stored, computed: computed) }
        var reader = ByteReader(Array(bytes[start..<(start + length)]), name: name)
        let sequence = try reader.integer(UInt64.self)
        var commits: [Commit] = []
        for _ in 0..<(try reader.count(ofAtLeast: isTimeless ? 4 : 12)) {
            let time = isTimeless ? 0 : try reader.integer(Int64.self)
            commits.append(
                Commit(time: Timestamp(microseconds: time), payload: try reader.blob()))
        }
        return .record(
            LogRecord(sequence: sequence, commits: commits), end: start + length)
    }

    /// Whether nothing but zeros is left from an offset on: room for records that was never used.
    static func isUnused(_ bytes: [UInt8], from offset: Int) -> Bool {
        bytes[offset...].allSatisfy { $0 == 0 }
    }

    /// The offset of the first good record at or behind `offset`; nil when there is none.
    static func firstGood(
        _ bytes: [UInt8], from offset: Int, after sequence: UInt64, isTimeless: Bool, name: String
    ) throws(DemetraError) -> Int? {
        var position = offset
        while position + headerBytes + prefixBytes <= bytes.count {
            // The sequence alone refutes nearly every offset, and saves its checksum.
            var found: UInt64 = 0
            for index in (0..<8).reversed() {
                found = found << 8 | UInt64(bytes[position + headerBytes + index])
            }
            if found > sequence, found - sequence < UInt64(bytes.count) + 1,
                case .record = try read(
                    bytes, at: position, isTimeless: isTimeless, name: name)
            {
                return position
            }
            position += 1
        }
        return nil
    }
}
