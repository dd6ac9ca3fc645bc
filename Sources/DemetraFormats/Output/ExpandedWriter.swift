package import DemetraTypes
package import DemetraVectors

/// Writes rows one line a column, for tables too wide to be read across.
///
///     -[ row 1 ]-------
///     channel | google
///     spend   | 10.50
///
// Owned by one thread.
package final class ExpandedWriter: ResultWriter {
    private let schema: Schema
    private let style: TableStyle
    private let zone: TimeZoneRules
    private let nameWidth: Int
    private var rowCount = 0

    /// A writer of a result.
    package init(schema: Schema, style: TableStyle, zone: TimeZoneRules = .utc) {
        self.schema = schema
        self.style = style
        self.zone = zone
        nameWidth = schema.fields.map { DisplayWidth.of(Array($0.name.utf8)[...]) }.max() ?? 0
    }

    /// Nothing: there is no header.
    package func begin(into bytes: inout [UInt8]) {}

    /// The rows.
    package func write(_ batch: Batch, into bytes: inout [UInt8]) {
        let cells = batch.vectors.map { CellText($0, style: .sql, zone: zone) }
        var text: [UInt8] = []
        for row in 0..<batch.count {
            rowCount += 1
            let title = "-[ row \(rowCount) ]"
            let rule = String(repeating: "-", count: max(2, nameWidth + 12 - title.utf8.count))
            bytes.append(contentsOf: (title + rule + "\n").utf8)
            for (field, cell) in zip(schema.fields, cells) {
                text.removeAll(keepingCapacity: true)
                if cell.isValid(row) {
                    cell.append(row, to: &text)
                    TableWriter.showBreaks(&text)
                } else {
                    text += style.nullText.utf8
                }
                let name = Array(field.name.utf8)
                bytes.append(contentsOf: name)
                let room = nameWidth - DisplayWidth.of(name[...])
                bytes.append(contentsOf: repeatElement(0x20, count: room))
                bytes.append(contentsOf: text.isEmpty ? " |".utf8 : " | ".utf8)
                bytes.append(contentsOf: text)
                bytes.append(0x0A)
            }
        }
    }

    /// Nothing: no rows are kept.
    package func end(into bytes: inout [UInt8]) {}
}
