package import DemetraTypes
package import DemetraVectors

/// Turns batches of one result into bytes of one format.
///
/// The caller owns the bytes and empties them as often as it likes; a writer keeps rows back only
/// where the format needs to see them first (an aligned table).
// Owned by one thread.
package protocol ResultWriter: AnyObject {
    /// What comes before the first row.
    func begin(into bytes: inout [UInt8])
    /// The rows of a batch.
    func write(_ batch: Batch, into bytes: inout [UInt8])
    /// What comes after the last row.
    func end(into bytes: inout [UInt8])
}

/// The formats a result can be shown in, by name.
package enum ResultWriters {
    /// The names `make` knows.
    package static let names = [
        "table", "box", "csv", "tsv", "json", "jsonl", "markdown", "html", "vertical",
    ]

    /// A writer of the format of that name; an aligned table for any other name.
    package static func make(
        _ name: String, schema: Schema, zone: TimeZoneRules = .utc, style: TableStyle = TableStyle()
    ) -> any ResultWriter {
        switch name {
        case "csv":
            DelimitedWriter(
                schema: schema, dialect: CSVDialect(hasHeader: style.hasHeader), zone: zone)
        case "tsv":
            DelimitedWriter(
                schema: schema,
                dialect: CSVDialect(
                    syntax: .copyText, delimiter: UInt8(ascii: "\t"), hasHeader: style.hasHeader),
                zone: zone)
        case "json": JSONWriter(schema: schema, isLines: false, zone: zone)
        case "jsonl": JSONWriter(schema: schema, isLines: true, zone: zone)
        case "markdown": MarkdownWriter(schema: schema, zone: zone)
        case "html": HTMLWriter(schema: schema, zone: zone)
        case "vertical": ExpandedWriter(schema: schema, style: style, zone: zone)
        case "box": table(schema, zone, style, .box)
        default: table(schema, zone, style, style.frame)
        }
    }

    private static func table(
        _ schema: Schema, _ zone: TimeZoneRules, _ style: TableStyle, _ frame: TableFrame
    ) -> any ResultWriter {
        var style = style
        style.frame = frame
        return style.isExpanded
            ? ExpandedWriter(schema: schema, style: style, zone: zone)
            : TableWriter(schema: schema, style: style, zone: zone)
    }
}
