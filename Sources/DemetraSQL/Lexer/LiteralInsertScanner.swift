import DemetraTypes

/// Finds out whether a text is one INSERT whose rows are plain literals, and cuts the rows out.
///
///     INSERT INTO t (a, b) VALUES (1, 'x'), (2, NULL) ON CONFLICT DO NOTHING
///     head, parsed as usual       records               tail, parsed as usual
///
/// Anything that is not plainly so (a cast, an operator, a comment, an escape string) ends the attempt, and the
/// whole text goes the ordinary way: so there is nothing here that has to report an error.
struct LiteralInsertScanner {
    private let bytes: [UInt8]
    private var position = 0
    private var records: [UInt8] = []
    private var kinds: [LiteralRows.Kinds] = []

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The text without its rows, which DEFAULT VALUES stands for, and the rows.
    static func scan(_ text: String) -> (statement: String, rows: LiteralRows)? {
        // Most texts are something else: their first letter says so.
        guard let first = text.utf8.first(where: { !isBlank($0) }), first | 0x20 == 0x69 else {
            return nil
        }
        var scanner = LiteralInsertScanner(Array(text.utf8))
        guard let head = scanner.head() else { return nil }
        scanner.records.reserveCapacity(scanner.bytes.count)
        guard scanner.rows() else { return nil }
        let statement =
            scanner.bytes[..<head] + Array("DEFAULT VALUES ".utf8)
            + scanner.bytes[scanner.position...]
        return (
            String(decoding: statement, as: UTF8.self),
            LiteralRows(records: scanner.records, kinds: scanner.kinds)
        )
    }

    // MARK: Head

    /// The offset of VALUES; nil when something else comes first.
    private mutating func head() -> Int? {
        guard word() == "insert" else { return nil }
        var depth = 0
        while position < bytes.count {
            let start = position
            let byte = bytes[position]
            switch byte {
            case 0x22:
                position += 1
                while position < bytes.count, bytes[position] != 0x22 { position += 1 }
                position += 1
            case 0x28:
                depth += 1
                position += 1
            case 0x29:
                depth -= 1
                position += 1
            case 0x2c, 0x2e: position += 1
            case _ where Self.isBlank(byte): position += 1
            case _ where Self.isLetter(byte):
                switch word() {
                case "values" where depth == 0: return start
                case "select", "with", "table", "default", "as": return nil
                default: break
                }
            default: return nil
            }
        }
        return nil
    }

    /// The word at the position, folded; empty when there is none.
    private mutating func word() -> String {
        skipBlanks()
        let start = position
        while position < bytes.count,
            Self.isLetter(bytes[position]) || Self.isDigit(bytes[position])
        {
            position += 1
        }
        return String(decoding: bytes[start..<position].map { $0 | 0x20 }, as: UTF8.self)
    }

    // MARK: Rows

    private mutating func rows() -> Bool {
        var count = 0
        while true {
            skipBlanks()
            guard take(0x28), row(isFirst: count == 0) else { return false }
            count += 1
            let end = position
            skipBlanks()
            guard take(0x2c) else {
                position = end
                return true
            }
        }
    }

    private mutating func row(isFirst: Bool) -> Bool {
        var column = 0
        while true {
            skipBlanks()
            if isFirst { kinds.append([]) }
            guard column < kinds.count, let kind = literal() else { return false }
            kinds[column].formUnion(kind)
            column += 1
            skipBlanks()
            if take(0x2c) {
                records.append(0x2c)
                continue
            }
            guard take(0x29), column == kinds.count else { return false }
            // An empty line is no record.
            if records.isEmpty || records[records.count - 1] == 0x0a { return false }
            records.append(0x0a)
            return true
        }
    }

    /// Takes a literal over into the records; nil for anything else.
    private mutating func literal() -> LiteralRows.Kinds? {
        guard position < bytes.count else { return nil }
        let byte = bytes[position]
        if byte == 0x27 { return string() ? .string : nil }
        if Self.isDigit(byte) || byte == 0x2d { return number() }
        guard Self.isLetter(byte) else { return nil }
        switch word() {
        case "null": return []
        case "true":
            records.append(0x74)
            return .boolean
        case "false":
            records.append(0x66)
            return .boolean
        default: return nil
        }
    }

    private mutating func string() -> Bool {
        position += 1
        // A backslash at the beginning can end a COPY.
        guard position < bytes.count, bytes[position] != 0x5c else { return false }
        records.append(0x22)
        var start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == 0x27 {
                records.append(contentsOf: bytes[start..<position])
                position += 1
                guard position < bytes.count, bytes[position] == 0x27 else {
                    records.append(0x22)
                    return true
                }
                start = position
            } else if byte == 0x22 {
                records.append(contentsOf: bytes[start...position])
                start = position
            } else if byte == 0 {
                return false
            }
            position += 1
        }
        return false
    }

    private mutating func number() -> LiteralRows.Kinds? {
        let start = position
        let isNegative = take(0x2d)
        let digits = position
        var hasValue = false
        while position < bytes.count, Self.isDigit(bytes[position]) {
            if bytes[position] != 0x30 { hasValue = true }
            position += 1
        }
        guard position > digits else { return nil }
        var kind = LiteralRows.Kinds.whole
        if take(0x2e) {
            kind = .fraction
            let point = position
            while position < bytes.count, Self.isDigit(bytes[position]) {
                if bytes[position] != 0x30 { hasValue = true }
                position += 1
            }
            guard position > point else { return nil }
        }
        // As a number -0 is 0, as text it is a double of its own. 1e3 and 1a are for others.
        guard hasValue || !isNegative, position < bytes.count, !Self.isLetter(bytes[position])
        else { return nil }
        records.append(contentsOf: bytes[start..<position])
        return kind
    }

    // MARK: Bytes

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while position < bytes.count, Self.isBlank(bytes[position]) { position += 1 }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (byte >= 0x09 && byte <= 0x0d)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a) || byte == 0x5f || byte >= 0x80
    }
}
