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
        case .bytea: binary(bytes)
        case .uuid: uniqueIdentifier(bytes)
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

    /// `\x` and hexadecimal digits, or PostgreSQL's older form with `\\` and `\ooo`.
    private static func binary(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var output: [UInt8] = []
        let backslash = UInt8(ascii: "\\")
        if text.count >= 2, text[0] == backslash, text[1] == UInt8(ascii: "x") {
            guard text.count % 2 == 0 else { return nil }
            for index in stride(from: 2, to: text.count, by: 2) {
                guard let high = hexDigit(text[index]), let low = hexDigit(text[index + 1]) else {
                    return nil
                }
                output.append(UInt8(truncatingIfNeeded: high * 16 + low))
            }
            return output
        }
        var index = 0
        while index < text.count {
            if text[index] != backslash {
                output.append(text[index])
                index += 1
            } else if index + 1 < text.count, text[index + 1] == backslash {
                output.append(backslash)
                index += 2
            } else {
                guard index + 3 < text.count else { return nil }
                let digits = (1...3).map { Int(digit(text[index + $0])) }
                guard digits.allSatisfy({ $0 < 8 }), digits[0] < 4 else { return nil }
                output.append(UInt8(digits[0] * 64 + digits[1] * 8 + digits[2]))
                index += 4
            }
        }
        return output
    }

    /// 32 hexadecimal digits, with hyphens or braces; kept in lower case with hyphens.
    private static func uniqueIdentifier(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var digits: [UInt8] = []
        for byte in text where byte != UInt8(ascii: "-") {
            if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") { continue }
            guard hexDigit(byte) != nil, digits.count < 32 else { return nil }
            digits.append(byte | 0x20)
        }
        guard digits.count == 32 else { return nil }
        var output: [UInt8] = []
        for (index, digit) in digits.enumerated() {
            if index == 8 || index == 12 || index == 16 || index == 20 {
                output.append(UInt8(ascii: "-"))
            }
            output.append(digit)
        }
        return output
    }
}
