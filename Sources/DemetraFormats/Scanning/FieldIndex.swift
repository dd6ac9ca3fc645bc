/// Where each field of each record of a chunk lies.
///
///     a,"b",c\n        marks of the record, fieldCount + 1 words:
///     0 2   6  8       [ 0 | 2 | 6 + quoted | 8 ]
///
/// Mark i is the offset of field i, so field i ends one byte before mark i + 1. The top bit of mark
/// i + 1 says that field i holds a quote, or a backslash in COPY text. Columns are then parsed one
/// by one, each with a loop of its own type, instead of dispatching on the type for each field.
///
/// - Invariant: every mark lies in 0...byteCount + 1, and marks of a record ascend.
///
/// Safe because memory grows before a record is begun, and holds `fieldCount + 1` marks for it.
struct FieldIndex: ~Copyable {
    /// The bit of a mark that says its field needs unescaping.
    static let protectedBit: UInt32 = 0x8000_0000
    /// The bits of a mark that are an offset.
    static let offsetMask: UInt32 = 0x7FFF_FFFF

    /// Marks in a record.
    let stride: Int
    /// Records of the right length.
    private(set) var recordCount = 0
    /// The first mark of the first record.
    private(set) var marks: UnsafeMutablePointer<UInt32>
    /// Records of another length, ascending.
    private(set) var misshapen: [MisshapenRecord] = []
    private var capacity: Int

    /// An empty index of records with `fieldCount` fields.
    init(fieldCount: Int, expectedRecords: Int) {
        stride = fieldCount + 1
        capacity = max(expectedRecords, 16)
        marks = .allocate(capacity: capacity * stride)
    }

    deinit { marks.deallocate() }

    /// The marks of the record being scanned; room for `stride` of them.
    var current: UnsafeMutablePointer<UInt32> { marks + recordCount * stride }

    /// Keeps the record whose marks were written to `current`.
    @inline(__always)
    mutating func commit() {
        recordCount += 1
        if recordCount == capacity { grow() }
    }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity * 2 * stride)
        larger.update(from: marks, count: capacity * stride)
        marks.deallocate()
        marks = larger
        capacity *= 2
    }

    /// Sets a record of another length aside.
    mutating func reject(_ record: MisshapenRecord) { misshapen.append(record) }

    /// Forgets the records from offset `offset` on.
    mutating func truncate(from offset: Int) {
        while recordCount > 0, start(of: recordCount - 1) >= offset { recordCount -= 1 }
    }

    /// Removes records by number, ascending; those behind move up.
    mutating func remove(_ records: [Int]) {
        guard var target = records.first else { return }
        var next = 0
        for source in target..<recordCount {
            if next < records.count, records[next] == source {
                next += 1
                continue
            }
            (marks + target * stride).update(from: marks + source * stride, count: stride)
            target += 1
        }
        recordCount = target
    }

    /// Offset of a record's first byte.
    func start(of record: Int) -> Int { Int(marks[record * stride] & Self.offsetMask) }

    /// Offset behind a record's last byte, its line end excluded.
    func end(of record: Int) -> Int {
        Int(marks[record * stride + stride - 1] & Self.offsetMask) - 1
    }
}

/// A record whose number of fields is not the expected one, or whose quote is never closed.
struct MisshapenRecord: Sendable {
    /// Offset of its first byte.
    let start: Int
    /// Offset behind its last byte.
    let end: Int
    /// Fields found.
    let fieldCount: Int
    /// True when a quote is open at the end of the file.
    var isUnterminated = false
}
