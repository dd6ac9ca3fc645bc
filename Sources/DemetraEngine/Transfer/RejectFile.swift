import DemetraFormats
import DemetraStorage
import DemetraTypes
import DemetraVectors

/// The rows an import set aside, as a CSV: the line each stood on, the column that is wrong, what is wrong
/// with it, and the row as it was written, so that it can be mended and imported again.
enum RejectFile {
    private static let schema = Schema([
        Field(name: "line", type: .bigint), Field(name: "column", type: .text),
        Field(name: "reason", type: .text), Field(name: "row", type: .text),
    ])

    /// Writes the file in the place of an older one; nil when there is nothing to write.
    static func write(
        _ rejected: [RejectedRow], to path: String, _ fileSystem: any FileSystem
    ) throws(DemetraError) -> String? {
        guard !rejected.isEmpty else { return nil }
        if fileSystem.exists(path) { try fileSystem.remove(path) }
        let file = try fileSystem.open(path, creating: true)
        let writer = DelimitedWriter(schema: schema, dialect: CSVDialect(hasHeader: true))
        var bytes: [UInt8] = []
        writer.begin(into: &bytes)
        for (start, count) in BatchRanges(rejected.count) {
            let part = rejected[start..<(start + count)]
            let vectors = [
                Vector(part.map { .integer(Int64($0.lineNumber)) }, type: .bigint),
                Vector(part.map { $0.column.map { .text($0) } ?? .null }, type: .text),
                Vector(part.map { .text($0.reason) }, type: .text),
                Vector(part.map { .text($0.text) }, type: .text),
            ]
            writer.write(Batch(vectors, count: count), into: &bytes)
        }
        try file.append(bytes)
        return path
    }
}
