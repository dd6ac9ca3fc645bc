import DemetraCatalog
import DemetraTypes

/// A metric as bytes. Until format 1 had attributes a metric was its name and expression under tag 5.
enum MetricCodec {
    /// Stands before a metric with attributes.
    static let tag: UInt8 = 40

    static func encode(_ metric: MetricDefinition, into writer: inout ByteWriter) {
        writer.write(metric.name)
        writer.write(metric.expression)
        let texts = [
            metric.relation, metric.format, metric.unit, metric.better?.rawValue, metric.comment,
        ]
        for text in texts {
            writer.write(text != nil)
            writer.write(text ?? "")
        }
        writer.write(metric.isFixedInTime)
        writer.write(UInt32(metric.fixedColumns.count))
        for column in metric.fixedColumns { writer.write(column) }
    }

    static func metric(_ reader: inout ByteReader) throws(DemetraError) -> MetricDefinition {
        var metric = MetricDefinition(name: try reader.text(), expression: try reader.text())
        metric.relation = try text(&reader)
        metric.format = try text(&reader)
        metric.unit = try text(&reader)
        if let word = try text(&reader) {
            guard let better = MetricDirection(rawValue: word) else {
                throw reader.damaged("an unknown direction of a metric")
            }
            metric.better = better
        }
        metric.comment = try text(&reader)
        metric.isFixedInTime = try reader.flag()
        for _ in 0..<(try reader.count(ofAtLeast: 4)) {
            metric.fixedColumns.append(try reader.text())
        }
        return metric
    }

    private static func text(_ reader: inout ByteReader) throws(DemetraError) -> String? {
        let isGiven = try reader.flag()
        let text = try reader.text()
        return isGiven ? text : nil
    }
}
