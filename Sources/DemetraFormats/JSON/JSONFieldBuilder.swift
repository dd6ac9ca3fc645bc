import DemetraTypes
import DemetraVectors

/// Lays the values of JSON lines out field by field, with the index that column loops read.
///
///     {"b": "x", "a": 1}     keys a, b, c      bytes  1 . x . 0 .
///
/// A field is followed by one separator byte; NULL is a zero byte.
///
/// Safe because fields are appended to a builder that grows, and marks are written to the room of
/// the current record only.
struct JSONFieldBuilder: ~Copyable {
    /// What a field's values become.
    enum Form {
        /// A string its text, anything else as it is written.
        case text
        /// As it is written: for columns of json.
        case document
        /// A list the text of an array: for columns of arrays.
        case array
    }

    /// Where the fields are.
    var index: FieldIndex
    private var bytes: BufferBuilder<UInt8>
    private var members: [JSONMembers.Member?]
    private let forms: [Form]
    private var lines: [JSONLineOrigin.Line] = []

    /// A builder of records with `fieldCount` fields.
    init(fieldCount: Int, expectedRecords: Int, byteCount: Int, forms: [Form]) {
        index = FieldIndex(fieldCount: fieldCount, expectedRecords: expectedRecords)
        bytes = BufferBuilder(capacity: byteCount + CSVChunk.padding)
        members = [JSONMembers.Member?](repeating: nil, count: fieldCount)
        self.forms = forms
    }

    /// Starts a record of NULLs.
    mutating func begin() {
        for field in members.indices { members[field] = nil }
    }

    /// Sets a field of the record.
    mutating func set(_ field: Int, _ member: JSONMembers.Member) { members[field] = member }

    /// Keeps the record, which was read from a line.
    mutating func commit(_ line: UnsafeBufferPointer<UInt8>, _ number: Int) {
        let marks = index.current
        lines.append(
            JSONLineOrigin.Line(
                start: bytes.count, number: number, text: line))
        marks[0] = UInt32(truncatingIfNeeded: bytes.count)
        for (field, member) in members.enumerated() {
            if let member, member.kind != .null {
                append(member, as: forms[field])
            } else {
                bytes.append(0)
            }
            bytes.append(0)
            marks[field + 1] = UInt32(truncatingIfNeeded: bytes.count)
        }
        index.commit()
    }

    private mutating func append(_ member: JSONMembers.Member, as form: Form) {
        var value = member.value
        if form == .array, member.kind == .container, let list = JSONValue(parsing: value),
            case .array = list
        {
            var text: [UInt8] = []
            list.appendArrayText(to: &text)
            text.withUnsafeBufferPointer { append($0) }
            return
        }
        if member.kind == .string, form != .document {
            value = UnsafeBufferPointer(rebasing: value[1..<(value.count - 1)])
            if value.contains(UInt8(ascii: "\\")) {
                var text = JSONValue.unescaped(value)
                text.withUTF8 { append($0) }
                return
            }
        }
        append(value)
    }

    private mutating func append(_ value: UnsafeBufferPointer<UInt8>) {
        if let base = value.baseAddress { bytes.append(base, count: value.count) }
    }

    /// The bytes of all fields and where they came from; the builder keeps its index.
    mutating func finish() -> (bytes: Buffer<UInt8>, origin: JSONLineOrigin) {
        for _ in 0..<CSVChunk.padding { bytes.append(0) }
        var taken = BufferBuilder<UInt8>(capacity: 1)
        swap(&taken, &bytes)
        return (taken.freeze(), JSONLineOrigin(lines: lines))
    }
}

/// The lines that records were read from.
///
/// Safe because lines point into a chunk that outlives the parsing of it.
struct JSONLineOrigin: RecordOrigin {
    /// One record's line.
    struct Line {
        /// Offset of the record's first field.
        let start: Int
        /// The line's number in the file.
        let number: Int
        /// The line.
        let text: UnsafeBufferPointer<UInt8>
    }

    /// Ascending by start.
    let lines: [Line]

    private func line(_ start: Int) -> Line? {
        var (lower, upper) = (0, lines.count)
        while lower < upper {
            let middle = (lower + upper) / 2
            if lines[middle].start < start { lower = middle + 1 } else { upper = middle }
        }
        return lower < lines.count ? lines[lower] : nil
    }

    func line(ofRecordAt start: Int) -> Int { line(start)?.number ?? 0 }

    func text(ofRecordAt start: Int, end: Int) -> String {
        line(start).map { String(decoding: $0.text, as: UTF8.self) } ?? ""
    }
}
