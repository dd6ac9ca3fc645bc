import DemetraTypes
import DemetraVectors

// Columns kept as bytes whose text is checked or converted first: json, jsonb, bytea, uuid, arrays.
//
// Safe because each value is copied out of the field before the scratch is used again.

extension ColumnParse {
    /// Parses a run of fields of a type kept as bytes other than plain text.
    mutating func converted(_ type: LogicalType, _ run: FieldRun, column: Int) -> Vector {
        var builder = VectorBuilder(type: type, capacity: run.count)
        for row in 0..<run.count {
            guard let (text, count) = run.text(row, &scratch),
                count > 0 || !run.rules.isLenient
            else {
                builder.appendNull()
                continue
            }
            let bytes = UnsafeBufferPointer(start: text, count: count)
            switch type {
            case .json where JSONText.isValid(bytes): builder.append(bytes: bytes)
            default:
                if let value = Self.value(bytes, type, takesLists: run.rules.isLenient) {
                    value.withUnsafeBufferPointer { builder.append(bytes: $0) }
                } else {
                    fail(row, column, .malformed)
                    builder.appendNull()
                }
            }
        }
        return builder.finish()
    }

    private static func value(
        _ bytes: UnsafeBufferPointer<UInt8>, _ type: LogicalType, takesLists: Bool
    ) -> [UInt8]? {
        switch type {
        case .jsonb: JSONText.normalised(bytes)
        case .bytea: BinaryText.bytes(Array(bytes))
        case .uuid: BinaryText.uuid(Array(bytes))
        case .array(let element): array(bytes, element, takesLists: takesLists)
        default: nil
        }
    }

    private static func array(
        _ text: UnsafeBufferPointer<UInt8>, _ element: LogicalType, takesLists: Bool
    ) -> [UInt8]? {
        guard let elements = try? elements(text, element, takesLists) else { return nil }
        var writer = ArrayWriter(ArrayLayout(element: element))
        for element in elements { writer.append(element) }
        return writer.bytes
    }

    /// The elements of `{1,2}`, and in files that are read leniently of the list `[1, 2]` that a JSON line has.
    private static func elements(
        _ text: UnsafeBufferPointer<UInt8>, _ element: LogicalType, _ takesLists: Bool
    ) throws(DemetraError) -> [Value] {
        if takesLists, case .array(let list)? = JSONValue(parsing: text) {
            var values: [Value] = []
            for item in list {
                switch item {
                case .null: values.append(.null)
                case .string(let text): values.append(try ValueText.parse(text, as: element))
                default: values.append(try ValueText.parse(item.text, as: element))
                }
            }
            return values
        }
        let text = String(decoding: text, as: UTF8.self)
        guard case .array(let values) = try ValueText.parse(text, as: .array(element)) else {
            throw DemetraError(.internalError, "an array was read as something else")
        }
        return values
    }
}
