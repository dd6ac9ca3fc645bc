import DemetraTypes
import DemetraVectors

/// Parses a text column of a chunk, by code while few texts are distinct.
///
/// The dictionary is complete only at the chunk's end, so batches keep their codes until then.
///
/// - Invariant: once flat, a column stays flat for the rest of its chunk.
///
/// Safe because rows index buffers made for the run's count, and texts have 8 bytes behind them.
struct TextColumn: ~Copyable {
    /// The rows of one batch.
    enum Piece {
        case codes(Buffer<Int32>, ValidityMask?)
        case flat(TextBuffer, ValidityMask?)
    }

    let type: LogicalType
    private let limit: Int?
    var dictionary = TextDictionary()
    private var isFlat = false
    private var codedRows = 0
    private var pieces: [Piece] = []

    /// A column of text or varchar.
    init(type: LogicalType) {
        self.type = type
        if case .varchar(let limit) = type { self.limit = limit } else { limit = nil }
    }

    /// Adds a run of at most `Batch.capacity` fields, the rows of one batch.
    mutating func append(_ run: FieldRun, _ parse: inout ColumnParse, column: Int) {
        if isFlat {
            appendFlat(run, &parse, column)
        } else {
            appendCodes(run, &parse, column)
        }
    }

    /// Whether the next piece should have its texts, and not their codes.
    var prefersFlat: Bool { isFlat }

    /// Adds the rows of a batch.
    mutating func append(_ piece: Piece) {
        pieces.append(piece)
        guard case .codes(let codes, _) = piece else { return }
        codedRows += codes.count
        // More than one distinct text in two rows: codes cost more than they save.
        isFlat = dictionary.count * 2 > codedRows && codedRows >= 256
    }

    /// Takes back the last run, to parse it again without some of its records.
    mutating func removeLast() { pieces.removeLast() }

    private mutating func appendCodes(_ run: FieldRun, _ parse: inout ColumnParse, _ column: Int) {
        let builder = BufferBuilder<Int32>(capacity: run.count)
        let valid = BufferBuilder<UInt8>(capacity: run.count)
        let (codes, flags) = (builder.pointer, valid.pointer)
        let nullCount = run.rules.nullCount
        var hasNulls = false
        for row in 0..<run.count {
            let (text, count, isProtected) = run.raw(row)
            if !isProtected, nullCount == 0, count > 0, limit == nil {
                codes[row] = dictionary.code(text, count)
                flags[row] = 1
            } else if let (text, count) = run.text(row, &parse.scratch) {
                if !fits(text, count) { parse.fail(row, column, .tooLong) }
                codes[row] = dictionary.code(text, count)
                flags[row] = 1
            } else {
                codes[row] = 0
                flags[row] = 0
                hasNulls = true
            }
        }
        let mask = hasNulls ? ValidityMask(validBytes: flags, count: run.count) : nil
        append(.codes(builder.freeze(count: run.count), mask))
    }

    private mutating func appendFlat(_ run: FieldRun, _ parse: inout ColumnParse, _ column: Int) {
        let references = BufferBuilder<TextReference>(capacity: run.count)
        let valid = BufferBuilder<UInt8>(capacity: run.count)
        // A value is never longer than its field as written.
        var upperBound = 0
        for row in 0..<run.count { upperBound += run.raw(row).count }
        let heap = BufferBuilder<UInt8>(capacity: upperBound)
        let (output, flags, bytes) = (references.pointer, valid.pointer, heap.pointer)
        var length = 0
        var hasNulls = false
        for row in 0..<run.count {
            if let (text, count) = run.text(row, &parse.scratch) {
                if !fits(text, count) { parse.fail(row, column, .tooLong) }
                output[row] = TextReference(offset: length, byteCount: count)
                (bytes + length).update(from: text, count: count)
                length += count
                flags[row] = 1
            } else {
                output[row] = .empty
                flags[row] = 0
                hasNulls = true
            }
        }
        let mask = hasNulls ? ValidityMask(validBytes: flags, count: run.count) : nil
        let texts = TextBuffer(
            references: references.freeze(count: run.count), heap: heap.freeze(count: length))
        append(.flat(texts, mask))
    }

    /// Whether a text is no longer than the type allows.
    func fits(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        guard let limit, count > limit else { return true }
        var characters = 0
        for index in 0..<count where text[index] & 0xC0 != 0x80 { characters += 1 }
        return characters <= limit
    }

    /// The batches' vectors in order.
    consuming func freeze() -> [Vector] {
        let (type, pieces) = (type, pieces)
        // A column of NULLs only has no code to point at.
        if dictionary.count == 0 { _ = dictionary.code(Self.blank, 0) }
        let values = dictionary.freeze()
        return pieces.map { piece in
            switch piece {
            case .codes(let codes, let mask):
                Vector(
                    type: type, count: codes.count, validity: mask,
                    storage: .dictionary(codes: codes, values))
            case .flat(let texts, let mask):
                Vector(
                    type: type, count: texts.references.count, validity: mask, storage: .text(texts)
                )
            }
        }
    }

    private static var blank: UnsafePointer<UInt8> { blankBytes.pointer }
    private static let blankBytes = Buffer<UInt8>(repeating: 0, count: 16)
}
