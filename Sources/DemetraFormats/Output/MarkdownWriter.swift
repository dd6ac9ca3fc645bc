package import DemetraTypes
package import DemetraVectors

/// Writes rows as a Markdown table, numbers aligned right.
// Owned by one thread.
package final class MarkdownWriter: ResultWriter {
    private let schema: Schema
    private let zone: TimeZoneRules

    /// A writer of a result.
    package init(schema: Schema, zone: TimeZoneRules = .utc) {
        self.schema = schema
        self.zone = zone
    }

    /// Header and rule.
    package func begin(into bytes: inout [UInt8]) {
        for field in schema.fields {
            bytes.append(contentsOf: "| ".utf8)
            Self.appendEscaped(Array(field.name.utf8), to: &bytes)
            bytes.append(0x20)
        }
        bytes.append(contentsOf: "|\n".utf8)
        for field in schema.fields {
            bytes.append(contentsOf: (field.type.isNumber ? "| ---: " : "| --- ").utf8)
        }
        bytes.append(contentsOf: "|\n".utf8)
    }

    /// A line for each row; NULL is empty.
    package func write(_ batch: Batch, into bytes: inout [UInt8]) {
        let cells = batch.vectors.map { CellText($0, style: .sql, zone: zone) }
        var scratch: [UInt8] = []
        for row in 0..<batch.count {
            for cell in cells {
                bytes.append(contentsOf: "| ".utf8)
                if cell.isValid(row) {
                    scratch.removeAll(keepingCapacity: true)
                    cell.append(row, to: &scratch)
                    Self.appendEscaped(scratch, to: &bytes)
                    bytes.append(0x20)
                }
            }
            bytes.append(contentsOf: "|\n".utf8)
        }
    }

    /// Nothing.
    package func end(into bytes: inout [UInt8]) {}

    private static func appendEscaped(_ text: [UInt8], to bytes: inout [UInt8]) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "|"): bytes.append(contentsOf: "\\|".utf8)
            case 0x0A: bytes.append(contentsOf: "<br>".utf8)
            case 0x0D: continue
            default: bytes.append(byte)
            }
        }
    }
}
