package import DemetraTypes
package import DemetraVectors

/// A column of at most eight rows as bytes: looking for a form that is shorter would take longer than writing the
/// values.
///
///     type       9 bytes
///     texts      UInt8     1 when texts are given by a dictionary
///     valid      UInt8     a bit for each row, the first the lowest
///     values     of the valid rows: little-endian as wide as the physical type; a numeric without a scale as
///                `StoredDecimal`; an interval Int32 months, Int32 days, Int64 microseconds; a text a blob
///
/// Safe because rows are below the count of the vector, which its buffers have.
package enum FewRowsCodec {
    /// Rows that the byte of valid rows has bits for.
    static let mostRows = 8

    static func encode(_ vector: Vector, into writer: inout ByteWriter) {
        let vector = vector.withoutConstant()
        TypeCodec.encode(vector.type, into: &writer)
        let rows = (0..<vector.count).filter { vector.isValid($0) }
        // A dictionary without texts can be no one's.
        writer.write(vector.dictionary != nil && !rows.isEmpty)
        writer.write(rows.reduce(UInt8(0)) { $0 | 1 << UInt8($1) })
        for row in rows {
            switch vector.storage {
            case .boolean(let buffer): writer.write(buffer[row])
            case .int32(let buffer): writer.write(buffer[row])
            case .int64(let buffer): writer.write(buffer[row])
            case .float64(let buffer): writer.write(buffer[row].bitPattern)
            case .int128(let buffer): writer.write(buffer[row])
            case .decimal(let buffer): StoredDecimal.write(buffer[row], into: &writer)
            case .interval(let buffer):
                writer.write(buffer[row].months)
                writer.write(buffer[row].days)
                writer.write(buffer[row].microseconds)
            case .text(let texts): write(texts.bytes(at: row), into: &writer)
            case .dictionary(let codes, let dictionary):
                write(dictionary.values.bytes(at: Int(codes[row])), into: &writer)
            case .constant: preconditionFailure("a constant is written out before it is encoded")
            }
        }
    }

    private static func write(
        _ text: UnsafeBufferPointer<UInt8>, into writer: inout ByteWriter
    ) {
        writer.write(UInt32(text.count))
        writer.write(raw: UnsafeRawBufferPointer(text))
    }

    static func decode(
        _ reader: inout ByteReader, _ count: Int
    ) throws(DemetraError) -> Vector {
        let type = try TypeCodec.decode(&reader)
        let hasDictionary = try reader.flag()
        let valid = try reader.integer(UInt8.self)
        var rows: [Bool] = []
        for row in 0..<count { rows.append(valid >> UInt8(row) & 1 == 1) }
        func values<Element: BitwiseCopyable>(
            _ filler: Element, _ read: () throws(DemetraError) -> Element
        ) throws(DemetraError) -> Buffer<Element> {
            var result: [Element] = []
            for isValid in rows { result.append(isValid ? try read() : filler) }
            return Buffer(result)
        }
        let storage: VectorStorage
        switch type.physicalType {
        case .boolean:
            storage = .boolean(
                try values(0) { () throws(DemetraError) in try reader.integer(UInt8.self) & 1 })
        case .int32:
            storage = .int32(
                try values(0) { () throws(DemetraError) in try reader.integer(Int32.self) })
        case .int64:
            storage = .int64(
                try values(0) { () throws(DemetraError) in try reader.integer(Int64.self) })
        case .float64:
            storage = .float64(
                try values(0) { () throws(DemetraError) in
                    Double(bitPattern: try reader.integer(UInt64.self))
                })
        case .int128:
            storage = .int128(
                try values(0) { () throws(DemetraError) in try reader.integer(Int128.self) })
        case .decimal:
            storage = .decimal(
                try values(.zero) { () throws(DemetraError) in
                    try StoredDecimal.read(&reader)
                })
        case .interval:
            storage = .interval(
                try values(Interval()) { () throws(DemetraError) in
                    let months = try reader.integer(Int32.self)
                    let days = try reader.integer(Int32.self)
                    return Interval(
                        months: months, days: days,
                        microseconds: try reader.integer(Int64.self))
                })
        case .text:
            storage = try texts(&reader, rows, hasDictionary: hasDictionary)
        }
        let isWhole = rows.allSatisfy { $0 }
        return Vector(
            type: type, count: count, validity: isWhole ? nil : ValidityMask(rows),
            storage: storage)
    }

    private static func texts(
        _ reader: inout ByteReader, _ rows: [Bool], hasDictionary: Bool
    ) throws(DemetraError) -> VectorStorage {
        var texts = TextBuilder(capacity: rows.count)
        var codes: [Int32] = []
        var known: [[UInt8]: Int32] = [:]
        for isValid in rows {
            let text = isValid ? try reader.blob() : []
            guard hasDictionary else {
                text.withUnsafeBufferPointer { texts.append($0) }
                continue
            }
            guard isValid else {
                codes.append(0)
                continue
            }
            let code = known[text] ?? Int32(known.count)
            if known.updateValue(code, forKey: text) == nil {
                text.withUnsafeBufferPointer { texts.append($0) }
            }
            codes.append(code)
        }
        guard hasDictionary else { return .text(texts.freeze()) }
        guard !known.isEmpty || rows.isEmpty else {
            throw reader.damaged("a dictionary without texts")
        }
        return .dictionary(codes: Buffer(codes), VectorDictionary(values: texts.freeze()))
    }
}

// For tests: what is written must come back, and anything else must end in an error.
extension FewRowsCodec {
    /// The bytes of a vector of at most eight rows.
    package static func bytes(of vector: Vector) -> [UInt8] {
        var writer = ByteWriter()
        encode(vector, into: &writer)
        return writer.bytes
    }

    /// The vector of bytes.
    ///
    /// - Throws: XX001 when the bytes are not those of so many rows.
    package static func vector(of bytes: [UInt8], count: Int) throws(DemetraError) -> Vector {
        var reader = ByteReader(bytes, name: "a column")
        return try decode(&reader, count)
    }
}
