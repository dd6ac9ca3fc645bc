package import DemetraTypes
package import DemetraVectors

/// Writes rows as an aligned table, as psql does.
///
///      channel  | spend
///     ----------+-------
///      google   | 10.50
///      телеграм |  3.25
///
/// Widths come from the first 10,000 rows, which are kept until then; a later cell that is wider
/// pushes its line out, so that memory stays bounded however long the result is. Numbers are
/// right-aligned, NULL is empty unless the style says otherwise, and line breaks inside a cell are shown
/// as `\n`. A table wider than the style's limit is written one line a column instead.
// Owned by one thread.
package final class TableWriter: ResultWriter {
    private static let measuredRowCount = 10_000

    private let schema: Schema
    private let style: TableStyle
    private let nullText: [UInt8]
    private let zone: TimeZoneRules
    private var expanded: ExpandedWriter?
    private var kept: [Batch] = []
    private var keptRowCount = 0
    private var widths: [Int]
    private var hasHeader = false

    /// A writer of a result.
    package init(
        schema: Schema, style: TableStyle = TableStyle(), zone: TimeZoneRules = .utc
    ) {
        self.schema = schema
        self.style = style
        nullText = Array(style.nullText.utf8)
        self.zone = zone
        widths = schema.fields.map { DisplayWidth.of(Array($0.name.utf8)[...]) }
    }

    /// Nothing yet: the header needs the widths.
    package func begin(into bytes: inout [UInt8]) {}

    /// Keeps rows until widths are known, then writes them.
    package func write(_ batch: Batch, into bytes: inout [UInt8]) {
        if let expanded { return expanded.write(batch, into: &bytes) }
        guard !hasHeader else { return writeRows(batch, into: &bytes) }
        measure(batch)
        kept.append(batch)
        keptRowCount += batch.count
        if keptRowCount >= Self.measuredRowCount { release(into: &bytes) }
    }

    /// The rows still kept.
    package func end(into bytes: inout [UInt8]) {
        if expanded == nil, !hasHeader { release(into: &bytes) }
        if expanded == nil, let rule = style.frame.bottom {
            bytes.append(contentsOf: rule.text(widths).utf8)
        }
    }

    private func release(into bytes: inout [UInt8]) {
        let width = widths.reduce(style.frame.width(widths.count)) { $0 + $1 + 2 }
        if let limit = style.widthLimit, width > limit, keptRowCount > 0 {
            let expanded = ExpandedWriter(schema: schema, style: style, zone: zone)
            self.expanded = expanded
            for batch in kept { expanded.write(batch, into: &bytes) }
            kept = []
            return
        }
        if let rule = style.frame.top { bytes.append(contentsOf: rule.text(widths).utf8) }
        if style.hasHeader { writeHeader(into: &bytes) }
        hasHeader = true
        for batch in kept { writeRows(batch, into: &bytes) }
        kept = []
    }

    private func measure(_ batch: Batch) {
        var scratch: [UInt8] = []
        for (index, vector) in batch.vectors.enumerated() {
            let cell = CellText(vector, style: .sql, zone: zone)
            if vector.hasNulls {
                widths[index] = max(widths[index], DisplayWidth.of(nullText[...]))
            }
            for row in 0..<batch.count where cell.isValid(row) {
                scratch.removeAll(keepingCapacity: true)
                cell.append(row, to: &scratch)
                Self.showBreaks(&scratch)
                widths[index] = max(widths[index], DisplayWidth.of(scratch[...]))
            }
        }
    }

    private func writeHeader(into bytes: inout [UInt8]) {
        for (index, field) in schema.fields.enumerated() {
            let name = Array(field.name.utf8)
            let room = widths[index] - DisplayWidth.of(name[...])
            bytes.append(contentsOf: (index > 0 ? style.frame.between : style.frame.left).utf8)
            bytes.append(contentsOf: repeatElement(0x20, count: room / 2))
            bytes.append(contentsOf: name)
            bytes.append(contentsOf: repeatElement(0x20, count: room - room / 2 + 1))
        }
        if let right = style.frame.right { bytes.append(contentsOf: right.dropFirst().utf8) }
        bytes.append(0x0A)
        bytes.append(contentsOf: style.frame.middle.text(widths).utf8)
    }

    private func writeRows(_ batch: Batch, into bytes: inout [UInt8]) {
        let cells = batch.vectors.map { CellText($0, style: .sql, zone: zone) }
        let last = cells.count - 1
        var scratch: [UInt8] = []
        for row in 0..<batch.count {
            for (index, cell) in cells.enumerated() {
                scratch.removeAll(keepingCapacity: true)
                if cell.isValid(row) {
                    cell.append(row, to: &scratch)
                    Self.showBreaks(&scratch)
                } else {
                    scratch += nullText
                }
                let room = max(0, widths[index] - DisplayWidth.of(scratch[...]))
                let isRight = batch.vectors[index].type.isNumber
                bytes.append(contentsOf: (index > 0 ? style.frame.between : style.frame.left).utf8)
                if isRight { bytes.append(contentsOf: repeatElement(0x20, count: room)) }
                bytes.append(contentsOf: scratch)
                if index < last {
                    bytes.append(contentsOf: repeatElement(0x20, count: isRight ? 1 : room + 1))
                } else if let right = style.frame.right {
                    bytes.append(contentsOf: repeatElement(0x20, count: isRight ? 0 : room))
                    bytes.append(contentsOf: right.utf8)
                }
            }
            bytes.append(0x0A)
        }
    }

    static func showBreaks(_ text: inout [UInt8]) {
        guard text.contains(where: { $0 < 0x20 }) else { return }
        text = text.flatMap { byte -> [UInt8] in
            switch byte {
            case 0x0A: Array("\\n".utf8)
            case 0x0D: Array("\\r".utf8)
            case 0x09: Array("\\t".utf8)
            default: [byte]
            }
        }
    }
}
