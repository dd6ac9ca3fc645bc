package import DemetraTypes
import DemetraVectors

/// Turns chunks of JSON lines into batches; one parser serves any number of threads.
///
/// Each line holds one object. Members are found by key, in any order; a missing member or null is
/// NULL, members without a column are passed over, and of duplicate keys the last counts. Values
/// are written field after field into one run of bytes with an index, and from there on the columns
/// are parsed as those of a CSV. A string without quotes, a list as the text of an array where the
/// column holds arrays, and any other list or object as its text are what the column's type has to read.
///
/// Chunks come from a `CSVChunker` with the dialect `JSONLinesParser.lines`.
///
/// - Throws: 22P02 under `.strict` for a line that is no object or a value that does not fit.
package struct JSONLinesParser: Sendable {
    /// The dialect that cuts a file at its lines: a line break inside a JSON string is escaped.
    package static let lines = CSVDialect(syntax: .copyText, delimiter: 0, nullText: [0])

    private let keys: [String]
    private let columns: [CSVColumn]
    private let policy: CSVErrorPolicy
    private let keyNumbers: [[UInt8]: Int]
    /// NULL is a zero byte, which no JSON text can hold.
    private let nullText = Buffer<UInt8>([0])

    /// A parser of objects; column i takes the member `keys[columns[i].fieldIndex]`.
    package init(keys: [String], columns: [CSVColumn], policy: CSVErrorPolicy) {
        precondition(
            columns.allSatisfy { $0.fieldIndex >= 0 && $0.fieldIndex < keys.count },
            "a column takes a key that is known")
        self.keys = keys
        self.columns = columns
        self.policy = policy
        keyNumbers = Dictionary(
            keys.enumerated().map { (Array($1.utf8), $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The rows of one chunk.
    package func parse(_ chunk: CSVChunk) throws(DemetraError) -> ParsedChunk {
        try CSVTextCheck.check(chunk)
        var builder = JSONFieldBuilder(
            fieldCount: keys.count, expectedRecords: chunk.byteCount / 64,
            byteCount: chunk.byteCount, forms: forms)
        var rejected: [RejectedRow] = []
        var failure: DemetraError?
        forEachLine(chunk) { line, number in
            if add(line, to: &builder, number) { return true }
            let text = String(decoding: line, as: UTF8.self)
            if case .strict(let table) = policy {
                failure = lineError(text, table, number)
                return false
            }
            rejected.append(
                RejectedRow(
                    lineNumber: number, text: text, column: nil,
                    reason: "the line is no JSON object"))
            return true
        }
        return try finish(&builder, chunk, rejected, failure)
    }

    private func finish(
        _ builder: inout JSONFieldBuilder, _ chunk: CSVChunk, _ lines: [RejectedRow],
        _ failure: DemetraError?
    ) throws(DemetraError) -> ParsedChunk {
        var rejected = lines
        let fields = builder.finish()
        let rules = FieldRules(
            nullText: nullText.pointer, nullCount: 1, quote: 0, escape: 0, isText: true,
            isLenient: policy == .tolerant)
        let assembly = BatchAssembly(
            bytes: fields.bytes.pointer, columns: columns, rules: rules, policy: policy,
            origin: fields.origin)
        var widenings: [Int: LogicalType] = [:]
        let batches = try assembly.run(&builder.index, &rejected, &widenings)
        if let failure { throw failure }
        rejected.sort { $0.lineNumber < $1.lineNumber }
        return ParsedChunk(
            ordinal: chunk.ordinal, batches: batches,
            rowCount: batches.reduce(0) { $0 + $1.count }, rejected: rejected,
            widenings: widenings)
    }

    private var forms: [JSONFieldBuilder.Form] {
        var forms = [JSONFieldBuilder.Form](repeating: .text, count: keys.count)
        for column in columns {
            switch column.type {
            case .json, .jsonb: forms[column.fieldIndex] = .document
            case .array: forms[column.fieldIndex] = .array
            default: break
            }
        }
        return forms
    }

    private func add(
        _ line: UnsafeBufferPointer<UInt8>, to builder: inout JSONFieldBuilder, _ number: Int
    ) -> Bool {
        guard var members = JSONMembers(line) else { return false }
        builder.begin()
        var expected = 0
        while let member = members.next() {
            guard let field = fieldNumber(of: member.key, expected) else { continue }
            builder.set(field, member)
            expected = field + 1
        }
        guard members.isComplete else { return false }
        builder.commit(line, number)
        return true
    }

    /// The number of a key; objects usually have their keys in one order.
    private func fieldNumber(of key: UnsafeBufferPointer<UInt8>, _ expected: Int) -> Int? {
        if expected < keys.count, keys[expected].utf8.elementsEqual(key) { return expected }
        if let number = keyNumbers[Array(key)] { return number }
        guard key.contains(UInt8(ascii: "\\")) else { return nil }
        return keyNumbers[Array(JSONValue.unescaped(key).utf8)]
    }

    private func lineError(_ text: String, _ table: String, _ number: Int) -> DemetraError {
        DemetraError(
            .invalidTextRepresentation, "the line is no JSON object",
            context: "COPY \(table), line \(number): \"\(BatchAssembly.shortened(text))\"")
    }
}

/// Calls `body` with each line that is not blank and its number, until it says false.
///
/// Safe because lines end at the chunk's byte count.
func forEachLine(
    _ chunk: CSVChunk, _ body: (UnsafeBufferPointer<UInt8>, Int) -> Bool
) {
    let bytes = chunk.bytes.pointer
    var start = chunk.start
    var number = chunk.firstLine
    while start < chunk.byteCount {
        var end = start
        var isBlankLine = true
        while end < chunk.byteCount, bytes[end] != chunk.lineEnd {
            if !isBlank(bytes[end]) { isBlankLine = false }
            end += 1
        }
        if !isBlankLine {
            let line = UnsafeBufferPointer(start: bytes + start, count: end - start)
            guard body(line, number) else { return }
        }
        start = end + 1
        number += 1
    }
}
