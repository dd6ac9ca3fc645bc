package import DemetraTypes
package import DemetraVectors

/// Writes rows as JSON objects: an array of them, or one a line.
///
/// Numbers stay numbers with all their digits; NaN and infinities, which JSON lacks, become strings.
/// Values of json columns are embedded as they are; dates and times are ISO 8601 strings, arrays are lists.
///
/// Safe because buffers are only borrowed while their owner is.
// Owned by one thread.
package final class JSONWriter: ResultWriter {
    private let schema: Schema
    private let isLines: Bool
    private let zone: TimeZoneRules
    private let keys: [[UInt8]]
    private var rowCount = 0

    /// A writer of an array, or of lines.
    package init(schema: Schema, isLines: Bool, zone: TimeZoneRules = .utc) {
        self.schema = schema
        self.isLines = isLines
        self.zone = zone
        keys = schema.fields.map { field in
            var key: [UInt8] = []
            var name = field.name
            name.withUTF8 { JSONText.appendQuoted($0, to: &key) }
            return key + [UInt8(ascii: ":")]
        }
    }

    /// The array's bracket.
    package func begin(into bytes: inout [UInt8]) {
        if !isLines { bytes.append(UInt8(ascii: "[")) }
    }

    /// An object for each row.
    package func write(_ batch: Batch, into bytes: inout [UInt8]) {
        var ends: [Int] = []
        write(batch, into: &bytes, ends: &ends)
    }

    /// An object for each row; `ends` gets where in the bytes each ends.
    package func write(_ batch: Batch, into bytes: inout [UInt8], ends: inout [Int]) {
        let cells = batch.vectors.map { CellText($0, style: .json, zone: zone) }
        var scratch: [UInt8] = []
        for row in 0..<batch.count {
            if !isLines { bytes.append(contentsOf: (rowCount > 0 ? ",\n " : "\n ").utf8) }
            rowCount += 1
            bytes.append(UInt8(ascii: "{"))
            for (index, cell) in cells.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes.append(contentsOf: keys[index])
                if cell.isValid(row) {
                    append(cell, row, batch.vectors[index].type, &scratch, to: &bytes)
                } else {
                    bytes.append(contentsOf: "null".utf8)
                }
            }
            bytes.append(UInt8(ascii: "}"))
            if isLines { bytes.append(0x0A) }
            ends.append(bytes.count)
        }
    }

    /// The array's other bracket.
    package func end(into bytes: inout [UInt8]) {
        if !isLines { bytes.append(contentsOf: "\n]\n".utf8) }
    }

    private func append(
        _ cell: CellText, _ row: Int, _ type: LogicalType, _ scratch: inout [UInt8],
        to bytes: inout [UInt8]
    ) {
        let start = bytes.count
        switch type {
        case .boolean, .smallint, .integer, .bigint: cell.append(row, to: &bytes)
        case .json, .jsonb:
            cell.append(row, to: &bytes)
            // Line breaks in a document stand between its tokens, and would end the row's line.
            if isLines {
                for index in start..<bytes.count where bytes[index] == 0x0A || bytes[index] == 0x0D
                {
                    bytes[index] = UInt8(ascii: " ")
                }
            }
        case .real, .double, .numeric:
            cell.append(row, to: &bytes)
            // NaN, Infinity and -Infinity end in a letter.
            if let last = bytes.last, digit(last) >= 10 {
                bytes.insert(UInt8(ascii: "\""), at: start)
                bytes.append(UInt8(ascii: "\""))
            }
        case .array:
            let value = cell.value(row)
            bytes.append(contentsOf: JSONOutput.text(value, type, zone: zone).utf8)
        default:
            scratch.removeAll(keepingCapacity: true)
            cell.append(row, to: &scratch)
            scratch.withUnsafeBufferPointer { JSONText.appendQuoted($0, to: &bytes) }
        }
    }
}
