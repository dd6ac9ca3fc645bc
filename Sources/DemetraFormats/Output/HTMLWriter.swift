package import DemetraTypes
package import DemetraVectors

/// Writes rows as an HTML table, numbers aligned right. NULL is an empty cell.
// Owned by one thread.
package final class HTMLWriter: ResultWriter {
    private let schema: Schema
    private let zone: TimeZoneRules

    /// A writer of a result.
    package init(schema: Schema, zone: TimeZoneRules = .utc) {
        self.schema = schema
        self.zone = zone
    }

    /// The names.
    package func begin(into bytes: inout [UInt8]) {
        bytes.append(contentsOf: "<table>\n<thead>\n<tr>".utf8)
        for field in schema.fields {
            bytes.append(contentsOf: "<th>".utf8)
            Self.appendEscaped(field.name.utf8, to: &bytes)
            bytes.append(contentsOf: "</th>".utf8)
        }
        bytes.append(contentsOf: "</tr>\n</thead>\n<tbody>\n".utf8)
    }

    /// A table row for each row.
    package func write(_ batch: Batch, into bytes: inout [UInt8]) {
        let cells = batch.vectors.map { CellText($0, style: .sql, zone: zone) }
        let openings = schema.fields.map {
            $0.type.isNumber ? "<td style=\"text-align:right\">" : "<td>"
        }
        var scratch: [UInt8] = []
        for row in 0..<batch.count {
            bytes.append(contentsOf: "<tr>".utf8)
            for (cell, opening) in zip(cells, openings) {
                bytes.append(contentsOf: opening.utf8)
                if cell.isValid(row) {
                    scratch.removeAll(keepingCapacity: true)
                    cell.append(row, to: &scratch)
                    Self.appendEscaped(scratch, to: &bytes)
                }
                bytes.append(contentsOf: "</td>".utf8)
            }
            bytes.append(contentsOf: "</tr>\n".utf8)
        }
    }

    /// The end of the table.
    package func end(into bytes: inout [UInt8]) {
        bytes.append(contentsOf: "</tbody>\n</table>\n".utf8)
    }

    private static func appendEscaped(_ text: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "&"): bytes.append(contentsOf: "&amp;".utf8)
            case UInt8(ascii: "<"): bytes.append(contentsOf: "&lt;".utf8)
            case UInt8(ascii: ">"): bytes.append(contentsOf: "&gt;".utf8)
            case UInt8(ascii: "\""): bytes.append(contentsOf: "&quot;".utf8)
            case 0x0A: bytes.append(contentsOf: "<br>".utf8)
            default: bytes.append(byte)
            }
        }
    }
}
