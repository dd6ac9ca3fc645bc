import DemetraTypes
import DemetraVectors

/// One column of a chunk as vectors of at most `Batch.capacity` rows.
///
/// The type is looked at once a column, and each type has its loop. A field that its loop does not take goes the
/// general way, through `BinaryValue`, which has the value or the error.
///
/// Safe because rows are below the chunk's count, and output has an element for each row of its batch.
struct BinaryColumn {
    let fields: BinaryFields
    let type: LogicalType
    /// Rows to read.
    let rowCount: Int

    /// The column's vectors.
    ///
    /// - Throws: the error of the first row that has one.
    func vectors() throws(BinaryRowFailure) -> [Vector] {
        switch type {
        case .boolean: try fixed(BinaryBoolean())
        case .smallint: try fixed(BinarySmallint())
        case .integer: try fixed(BinaryInteger())
        case .bigint: try fixed(BinaryBigint())
        case .real: try fixed(BinaryReal())
        case .double: try fixed(BinaryDouble())
        case .date: try fixed(BinaryDate())
        case .time: try fixed(BinaryTime())
        case .timestamp, .timestamptz: try fixed(BinaryTimestamp())
        case .interval: try fixed(BinaryInterval())
        case .numeric(nil): try fixed(BinaryDecimal())
        case .numeric(let modifier?) where modifier.precision <= 18:
            try fixed(BinaryNumericInt64(modifier))
        case .text, .varchar: try texts()
        case .bytea:
            try converted { bytes, builder in
                builder.append(bytes: bytes)
                return true
            }
        case .uuid: try converted(Self.appendUUID)
        case .json: try converted(Self.appendJSON)
        case .jsonb: try converted(Self.appendJSONB)
        case .numeric, .array, .system, .unknown: try converted { _, _ in false }
        }
    }

    /// The rows of each batch.
    private var batches: [Range<Int>] {
        stride(from: 0, to: rowCount, by: Batch.capacity).map {
            $0..<min($0 + Batch.capacity, rowCount)
        }
    }

    // MARK: Types of a fixed size

    private func fixed<Parser: BinaryFieldParser>(
        _ parser: Parser
    ) throws(BinaryRowFailure) -> [Vector] {
        var vectors: [Vector] = []
        let valid = BufferBuilder<UInt8>(capacity: Batch.capacity)
        for rows in batches {
            let builder = BufferBuilder<Parser.Element>(capacity: rows.count)
            let (output, flags) = (builder.pointer, valid.pointer)
            var hasNulls = false
            for row in rows {
                let index = row &- rows.lowerBound
                guard let field = fields[row], let bytes = field.baseAddress else {
                    output[index] = Parser.Element.filler
                    flags[index] = 0
                    hasNulls = true
                    continue
                }
                flags[index] = 1
                guard !parser.parse(bytes, field.count, output + index) else { continue }
                output[index] = try element(row)
            }
            let mask = hasNulls ? ValidityMask(validBytes: flags, count: rows.count) : nil
            vectors.append(
                Vector(
                    type: type, count: rows.count, validity: mask,
                    storage: Parser.Element.storage(builder.freeze(count: rows.count))))
        }
        return vectors
    }

    /// The element of a row in the general way.
    private func element<Element: VectorElement>(
        _ row: Int
    ) throws(BinaryRowFailure) -> Element {
        let vector = Vector([try fields.value(row, as: type)], type: type)
        return Element.elements(vector.storage)?[0] ?? Element.filler
    }

    // MARK: Texts and bytes

    private func texts() throws(BinaryRowFailure) -> [Vector] {
        var column = TextColumn(type: type)
        for rows in batches { try column.append(fields, rows) }
        return column.freeze()
    }

    /// - Parameter append: adds the value of a field, or returns false where it goes the general way.
    private func converted(
        _ append: (UnsafeBufferPointer<UInt8>, inout VectorBuilder) -> Bool
    ) throws(BinaryRowFailure) -> [Vector] {
        var vectors: [Vector] = []
        for rows in batches {
            var builder = VectorBuilder(type: type, capacity: rows.count)
            for row in rows {
                if let field = fields[row] {
                    if !append(field, &builder) { builder.append(try fields.value(row, as: type)) }
                } else {
                    builder.appendNull()
                }
            }
            vectors.append(builder.finish())
        }
        return vectors
    }

    private static func appendJSON(
        _ bytes: UnsafeBufferPointer<UInt8>, _ builder: inout VectorBuilder
    ) -> Bool {
        guard isText(bytes), JSONText.isValid(bytes) else { return false }
        builder.append(bytes: bytes)
        return true
    }

    /// A version, then the text.
    private static func appendJSONB(
        _ bytes: UnsafeBufferPointer<UInt8>, _ builder: inout VectorBuilder
    ) -> Bool {
        guard bytes.first == 1 else { return false }
        let text = UnsafeBufferPointer(rebasing: bytes.dropFirst())
        guard isText(text), let value = JSONText.normalised(text) else { return false }
        value.withUnsafeBufferPointer { builder.append(bytes: $0) }
        return true
    }

    private static func isText(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = bytes.baseAddress else { return true }
        return firstInvalidByte(start, 0, bytes.count) == nil
    }

    private static func appendUUID(
        _ bytes: UnsafeBufferPointer<UInt8>, _ builder: inout VectorBuilder
    ) -> Bool {
        guard bytes.count == 16 else { return false }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 36) { text in
            var place = 0
            for (index, byte) in bytes.enumerated() {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    text[place] = UInt8(ascii: "-")
                    place += 1
                }
                text[place] = hexDigit(byte >> 4)
                text[place + 1] = hexDigit(byte & 15)
                place += 2
            }
            builder.append(bytes: UnsafeBufferPointer(text))
        }
        return true
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
