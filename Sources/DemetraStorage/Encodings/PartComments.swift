import DemetraCatalog
import DemetraTypes

/// Comments on constraints, indexes and columns of views as bytes: behind the definition that has any.
enum PartComments {
    private enum Part: UInt8 {
        case key = 0
        case check = 1
        case foreignKey = 2
        case index = 3
    }

    /// Whether a part of the table has one.
    static func isIn(_ table: TableDefinition) -> Bool { !list(table).isEmpty }

    private static func list(
        _ table: TableDefinition
    ) -> [(part: Part, position: Int, text: String)] {
        func list(_ part: Part, _ comments: [String?]) -> [(Part, Int, String)] {
            comments.enumerated().compactMap { position, text in
                text.map { (part, position, $0) }
            }
        }
        return list(.key, table.keys.map(\.comment)) + list(.check, table.checks.map(\.comment))
            + list(.foreignKey, table.foreignKeys.map(\.comment))
            + list(.index, table.indexes.map(\.comment))
    }

    static func encode(_ table: TableDefinition, into writer: inout ByteWriter) {
        let comments = list(table)
        writer.write(UInt32(comments.count))
        for comment in comments {
            writer.write(comment.part.rawValue)
            writer.write(UInt32(comment.position))
            writer.write(comment.text)
        }
    }

    static func read(
        _ reader: inout ByteReader, into table: inout TableDefinition
    ) throws(DemetraError) {
        for _ in 0..<(try reader.count(ofAtLeast: 9)) {
            let part = Part(rawValue: try reader.integer(UInt8.self))
            let position = Int(try reader.integer(UInt32.self))
            let text = try reader.text()
            switch part {
            case .key? where position < table.keys.count: table.keys[position].comment = text
            case .check? where position < table.checks.count:
                table.checks[position].comment = text
            case .foreignKey? where position < table.foreignKeys.count:
                table.foreignKeys[position].comment = text
            case .index? where position < table.indexes.count:
                table.indexes[position].comment = text
            default: throw reader.damaged("a comment on nothing")
            }
        }
    }

    static func encode(_ view: ViewDefinition, into writer: inout ByteWriter) {
        writer.write(UInt32(view.columnComments.count))
        for (column, text) in view.columnComments.sorted(by: { $0.key < $1.key }) {
            writer.write(column)
            writer.write(text)
        }
    }

    static func read(
        _ reader: inout ByteReader, into view: inout ViewDefinition
    ) throws(DemetraError) {
        for _ in 0..<(try reader.count(ofAtLeast: 8)) {
            let column = try reader.text()
            view.columnComments[column] = try reader.text()
        }
    }
}
