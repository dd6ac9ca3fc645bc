package import DemetraTypes
package import DemetraVectors

/// Writes rows as CSV or COPY text, so that the reader of the same dialect gives the same values.
///
/// A CSV field is quoted only where it must be: it holds a delimiter, quote or line break, or would
/// be read as NULL or as the end of the data. COPY text escapes with backslashes instead.
///
/// - Source: COPY in the PostgreSQL 15 documentation.
// Owned by one thread.
package final class DelimitedWriter: ResultWriter {
    private let schema: Schema
    private let dialect: CSVDialect
    private let zone: TimeZoneRules
    private let quoted: Set<Int>
    /// True for bytes that force quotes or an escape.
    private let special: [Bool]

    /// A writer of one dialect; in the columns whose places are in `quoted` every value is quoted that is not NULL.
    package init(
        schema: Schema, dialect: CSVDialect, zone: TimeZoneRules = .utc, quoted: Set<Int> = []
    ) {
        self.schema = schema
        self.dialect = dialect
        self.zone = zone
        self.quoted = quoted
        var special = [Bool](repeating: false, count: 256)
        var bytes: [UInt8] = [dialect.delimiter, 0x0A, 0x0D]
        switch dialect.syntax {
        case .csv: bytes += [dialect.quote]
        case .copyText: bytes += [dialect.protectingByte, 0x08, 0x09, 0x0B, 0x0C]
        }
        for byte in bytes { special[Int(byte)] = true }
        self.special = special
    }

    /// The header, when the dialect has one.
    package func begin(into bytes: inout [UInt8]) {
        guard dialect.hasHeader else { return }
        for (index, field) in schema.fields.enumerated() {
            if index > 0 { bytes.append(dialect.delimiter) }
            let start = bytes.count
            bytes.append(contentsOf: field.name.utf8)
            protect(from: start, in: &bytes)
        }
        bytes.append(0x0A)
    }

    /// A line for each row.
    package func write(_ batch: Batch, into bytes: inout [UInt8]) {
        var ends: [Int] = []
        write(batch, into: &bytes, ends: &ends)
    }

    /// As `write`, and adds where in `bytes` each row ends: a value may hold line breaks of its own.
    package func write(_ batch: Batch, into bytes: inout [UInt8], ends: inout [Int]) {
        let columns = batch.vectors.enumerated().map {
            protectedCells($1, quotesAll: quoted.contains($0))
        }
        DelimitedRows(
            columns, count: batch.count, delimiter: dialect.delimiter, nullText: dialect.nullText
        ).append(to: &bytes, ends: &ends)
    }

    /// The cells of a column with quotes or escapes where they need some.
    private func protectedCells(_ vector: Vector, quotesAll: Bool) -> ColumnCells {
        let cells = ColumnCells(vector, as: TextForm(zone: zone))
        let isPlain = !quotesAll && Self.isPlain(vector.type) && !mayClash
        guard !isPlain, quotesAll || needsProtection(cells, count: vector.count) else {
            return cells
        }
        return .appended(vector) { row, bytes in
            let start = bytes.count
            bytes.append(contentsOf: cells.bytes(row))
            protect(from: start, in: &bytes, quotesAll: quotesAll)
        }
    }

    private func needsProtection(_ cells: ColumnCells, count: Int) -> Bool {
        for row in 0..<count where cells.byteCount(row) != nil {
            let value = cells.bytes(row)
            if value.contains(where: { special[Int($0)] }) { return true }
            if dialect.syntax == .csv, isAmbiguous(value) { return true }
        }
        return false
    }

    /// Whether a value would be read as NULL, or as the end of the data.
    private func isAmbiguous(_ value: some Sequence<UInt8>) -> Bool {
        value.elementsEqual(dialect.nullText) || value.elementsEqual("\\.".utf8)
    }

    /// Nothing: lines end themselves.
    package func end(into bytes: inout [UInt8]) {}

    /// Numbers and dates hold neither quotes nor line breaks.
    private static func isPlain(_ type: LogicalType) -> Bool {
        type.isInteger || type.isFloat || type.isNumeric || type.isDateTime
    }

    /// A number could be the NULL text, or hold the delimiter, when someone chose them so.
    private var mayClash: Bool {
        !dialect.nullText.isEmpty && dialect.syntax == .csv
            || !(dialect.delimiter == UInt8(ascii: ",") || dialect.delimiter == UInt8(ascii: "\t")
                || dialect.delimiter == UInt8(ascii: ";") || dialect.delimiter == UInt8(ascii: "|"))
    }

    private func protect(from start: Int, in bytes: inout [UInt8], quotesAll: Bool = false) {
        var hasSpecial = quotesAll
        for index in start..<bytes.count where special[Int(bytes[index])] { hasSpecial = true }
        switch dialect.syntax {
        case .csv:
            if hasSpecial || isAmbiguous(bytes[start...]) { quote(from: start, in: &bytes) }
        case .copyText:
            if hasSpecial { escape(from: start, in: &bytes) }
        }
    }

    private func quote(from start: Int, in bytes: inout [UInt8]) {
        let value = Array(bytes[start...])
        bytes.removeSubrange(start...)
        bytes.append(dialect.quote)
        for byte in value {
            if byte == dialect.quote || byte == dialect.escape { bytes.append(dialect.escape) }
            bytes.append(byte)
        }
        bytes.append(dialect.quote)
    }

    private func escape(from start: Int, in bytes: inout [UInt8]) {
        let value = Array(bytes[start...])
        bytes.removeSubrange(start...)
        for byte in value {
            guard special[Int(byte)] else {
                bytes.append(byte)
                continue
            }
            bytes.append(UInt8(ascii: "\\"))
            switch byte {
            case 0x08: bytes.append(UInt8(ascii: "b"))
            case 0x09: bytes.append(UInt8(ascii: "t"))
            case 0x0A: bytes.append(UInt8(ascii: "n"))
            case 0x0B: bytes.append(UInt8(ascii: "v"))
            case 0x0C: bytes.append(UInt8(ascii: "f"))
            case 0x0D: bytes.append(UInt8(ascii: "r"))
            default: bytes.append(byte)
            }
        }
    }
}
