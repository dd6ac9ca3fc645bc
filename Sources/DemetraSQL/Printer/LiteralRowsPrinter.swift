/// The rows of an INSERT of literals, which are kept as comma-separated records, as rows of VALUES.
enum LiteralRowsPrinter {
    static func text(_ rows: LiteralRows) -> String {
        var result = "("
        var field: [UInt8] = []
        var (isInside, isString) = (false, false)
        for (index, byte) in rows.records.enumerated() {
            switch byte {
            case UInt8(ascii: "\""):
                // A quote that opens a string again was a quote inside of it.
                if isString, !isInside { field.append(byte) }
                isInside.toggle()
                isString = true
            case UInt8(ascii: ",") where !isInside, UInt8(ascii: "\n") where !isInside:
                result += literal(String(decoding: field, as: UTF8.self), isString: isString)
                let isLast = index == rows.records.count - 1
                result += byte == UInt8(ascii: ",") ? ", " : (isLast ? ")" : "), (")
                field.removeAll()
                isString = false
            default: field.append(byte)
            }
        }
        return result
    }

    private static func literal(_ field: String, isString: Bool) -> String {
        guard !isString else { return NamePrinter.literal(field) }
        return switch field {
        case "": "NULL"
        case "t": "TRUE"
        case "f": "FALSE"
        default: field
        }
    }
}
