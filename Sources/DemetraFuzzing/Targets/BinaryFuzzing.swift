import DemetraFormats
import DemetraTypes
import DemetraVectors

/// COPY in binary form, which parameters of statements share: columns read as their values do one by one, where chunks
/// end changes nothing, and what was read is written as it reads.
enum BinaryFuzzing {
    private static let types: [LogicalType] = [
        .integer, .bigint, .text, .numeric(NumericModifier(precision: 12, scale: 2)), .date,
        .timestamp, .timestamptz, .boolean, .double, .smallint, .real, .numeric(nil), .time,
        .interval, .uuid, .jsonb, .json, .bytea, .varchar(limit: 4), .array(.integer),
        .array(.text), .numeric(NumericModifier(precision: 38, scale: 10)),
        .numeric(NumericModifier(precision: 60, scale: 3)),
    ]
    private static let header =
        Array("PGCOPY\n".utf8) + [0xff, 0x0d, 0x0a, 0] + [UInt8](repeating: 0, count: 8)

    /// - Parameter bytes: the first one chooses columns, and whether the header comes before the others.
    static func run(_ bytes: [UInt8]) throws(FuzzFinding) {
        guard let choice = bytes.first else { return }
        let first = Int(choice >> 2) % types.count
        let fields = (0..<1 + Int(choice & 1)).map { index in
            Field(name: "c\(index)", type: types[(first + index * 5) % types.count])
        }
        let copied = (choice & 2 == 0 ? header : []) + bytes.dropFirst()
        let whole = try refusable { () throws(DemetraError) in
            try read(copied, fields, pieceByteCount: copied.count, chunkByteCount: 4_096)
        }
        let small = try refusable { () throws(DemetraError) in
            try read(copied, fields, pieceByteCount: 3, chunkByteCount: 16)
        }
        try law(texts(whole, fields) == texts(small, fields), "chunks change what is read")
        let oneByOne = try refusable { () throws(DemetraError) in
            try readByValue(copied, fields)
        }
        try law(
            texts(whole, fields) == texts(oneByOne, fields),
            "columns \(String(describing: whole)), values \(String(describing: oneByOne))")
        if let whole { try write(whole, fields) }
    }

    /// What was read, in a form that can be compared: NaN is not equal to itself.
    private static func texts(_ rows: [[Value]]?, _ fields: [Field]) -> [[String?]]? {
        rows?.map { row in
            zip(row, fields).map { ValueText.text($0, type: $1.type) }
        }
    }

    private static func read(
        _ bytes: [UInt8], _ fields: [Field], pieceByteCount: Int, chunkByteCount: Int
    ) throws(DemetraError) -> [[Value]] {
        var rest = bytes[...]
        var chunker = BinaryChunker(
            columnCount: fields.count, table: "t", chunkByteCount: chunkByteCount)
        let parser = BinaryChunkParser(fields: fields, table: "t")
        var rows: [[Value]] = []
        while let chunk = try chunker.next(from: { () throws(DemetraError) in
            guard !rest.isEmpty else { return nil }
            let piece = rest.prefix(pieceByteCount)
            rest = rest.dropFirst(piece.count)
            return Buffer(Array(piece))
        }) {
            for batch in try parser.parse(chunk) {
                for row in 0..<batch.count { rows.append(batch.row(row)) }
            }
        }
        return rows
    }

    private static func readByValue(
        _ bytes: [UInt8], _ fields: [Field]
    ) throws(DemetraError) -> [[Value]] {
        let malformed = DemetraError(.badCopyFileFormat, "malformed")
        var reader = BinaryReader(bytes)
        guard try reader.take(11) == Array(header.prefix(11)) else { throw malformed }
        guard try reader.integer(UInt32.self) >> 16 == 0 else { throw malformed }
        let extra = try reader.integer(Int32.self)
        guard extra >= 0 else { throw malformed }
        _ = try reader.take(Int(extra))
        var rows: [[Value]] = []
        while !reader.isAtEnd {
            let count = try reader.integer(Int16.self)
            if count == -1 {
                guard reader.isAtEnd else { throw malformed }
                break
            }
            guard Int(count) == fields.count else { throw malformed }
            var row: [Value] = []
            for field in fields {
                let length = try reader.integer(Int32.self)
                guard length >= -1 else { throw malformed }
                guard length >= 0 else {
                    row.append(.null)
                    continue
                }
                row.append(try BinaryValue.read(try reader.take(Int(length)), as: field.type))
            }
            rows.append(row)
        }
        return rows
    }

    private static func write(_ rows: [[Value]], _ fields: [Field]) throws(FuzzFinding) {
        let batch = Batch(
            fields.enumerated().map { index, field in
                Vector(rows.map { $0[index] }, type: field.type)
            }, count: rows.count)
        var bytes: [UInt8] = []
        var ends: [Int] = []
        let writer = BinaryRowWriter()
        writer.begin(into: &bytes)
        writer.write(batch, into: &bytes, ends: &ends)
        writer.end(into: &bytes)
        let written = bytes
        let again = try refusable { () throws(DemetraError) in
            try read(written, fields, pieceByteCount: written.count, chunkByteCount: 4_096)
        }
        try law(texts(again, fields) == texts(rows, fields), "what was read is written otherwise")
    }
}
