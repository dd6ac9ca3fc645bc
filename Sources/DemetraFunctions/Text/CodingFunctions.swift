import DemetraTypes
import DemetraVectors

/// Texts made of bytes and of patterns, and bytes made of texts: `encode`, `convert_to`, `sha256`, `format`.
///
/// - Source: PostgreSQL 15 documentation, sections 9.4 and 9.5.
enum CodingFunctions {
    static let all: [ScalarFunction] =
        [
            ScalarBuilder.function("to_hex", [.integer], .text) { values, _ in
                .text(
                    String(UInt32(truncatingIfNeeded: values[0].integerOrZero), radix: 16))
            },
            ScalarBuilder.function("encode", [.bytea, .text], .text) {
                (values, _) throws(DemetraError) in
                guard case .bytes(let bytes) = values[0] else { return .null }
                return .text(try coding(values[1]).encode(bytes))
            },
            ScalarBuilder.function("decode", [.text, .text], .bytea) {
                (values, _) throws(DemetraError) in
                .bytes(try coding(values[1]).decode(values[0].textOrEmpty))
            },
            ScalarFunction(
                "format", Signature([.type(.text)], variadic: .any, result: .fixed(.text)),
                volatility: .stable, isStrict: false
            ) { (arguments, count, context) throws(DemetraError) in
                var builder = VectorBuilder(type: .text, capacity: count)
                for row in 0..<count {
                    guard case .text(let pattern) = arguments[0].value(at: row) else {
                        builder.appendNull()
                        continue
                    }
                    let values = arguments.dropFirst().map { argument in
                        ArrayText.elementText(
                            argument.value(at: row), argument.type, context.timeZone)
                    }
                    var format = FormatPattern(pattern, values)
                    builder.append(text: try format.filled())
                }
                return builder.finish()
            },
        ] + hashes + encodings

    private static func bytes(_ value: Value) -> [UInt8] {
        if case .bytes(let bytes) = value { bytes } else { [] }
    }

    private static let hashes: [ScalarFunction] =
        [
            ScalarBuilder.function("md5", [.text], .text) { values, _ in
                .text(MD5.hexadecimal(Array(values[0].textOrEmpty.utf8)))
            },
            ScalarBuilder.function("md5", [.bytea], .text) { values, _ in
                .text(MD5.hexadecimal(bytes(values[0])))
            },
            ScalarBuilder.function("length", [.bytea], .integer) { values, _ in
                .integer(Int64(bytes(values[0]).count))
            },
            ScalarBuilder.function("octet_length", [.bytea], .integer) { values, _ in
                .integer(Int64(bytes(values[0]).count))
            },
        ]
        + [("sha224", true), ("sha256", false)].map { name, isShort in
            ScalarBuilder.function(name, [.bytea], .bytea) { values, _ in
                .bytes(SHA2.sha256(bytes(values[0]), isShort: isShort))
            }
        }
        + [("sha384", true), ("sha512", false)].map { name, isShort in
            ScalarBuilder.function(name, [.bytea], .bytea) { values, _ in
                .bytes(SHA2.sha512(bytes(values[0]), isShort: isShort))
            }
        }

    // MARK: Encodings of characters

    private static let encodings: [ScalarFunction] = [
        ScalarBuilder.function("convert_to", [.text, .text], .bytea) {
            (values, _) throws(DemetraError) in
            .bytes(try TextEncoding(values[1]).bytes(values[0].textOrEmpty))
        },
        ScalarBuilder.function("convert_from", [.bytea, .text], .text) {
            (values, _) throws(DemetraError) in
            .text(try TextEncoding(values[1]).text(bytes(values[0])))
        },
    ]

    private static func coding(_ name: Value) throws(DemetraError) -> ByteCoding {
        guard let coding = ByteCoding(rawValue: name.textOrEmpty.lowercased()) else {
            throw DemetraError(
                .invalidParameterValue, "unrecognized encoding: \"\(name.textOrEmpty)\"",
                hint: "There are base64, escape and hex.")
        }
        return coding
    }
}

/// Bytes as text.
private enum ByteCoding: String {
    case hex, base64, escape

    private static let letters = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    func encode(_ bytes: [UInt8]) -> String {
        switch self {
        case .hex:
            return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        case .base64:
            var output: [UInt8] = []
            for start in stride(from: 0, to: bytes.count, by: 3) {
                // Lines of 76 letters, as MIME has them.
                if start > 0, start % 57 == 0 { output.append(UInt8(ascii: "\n")) }
                let part = bytes[start..<min(start + 3, bytes.count)]
                let bits = part.reduce(0) { $0 << 8 | Int($1) } << ((3 - part.count) * 8)
                for index in 0..<4 {
                    output.append(
                        index <= part.count
                            ? Self.letters[bits >> (18 - index * 6) & 63] : UInt8(ascii: "="))
                }
            }
            return String(decoding: output, as: UTF8.self)
        case .escape:
            return bytes.map { byte in
                switch byte {
                case 0, 0x80...: "\\" + Self.octal(byte)
                case UInt8(ascii: "\\"): "\\\\"
                default: String(UnicodeScalar(byte))
                }
            }.joined()
        }
    }

    private static func octal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 8)
        return String(repeating: "0", count: 3 - digits.count) + digits
    }

    func decode(_ text: String) throws(DemetraError) -> [UInt8] {
        if self == .escape {
            guard let bytes = BinaryText.unescaped(Array(text.utf8)) else {
                throw DemetraError(
                    .invalidTextRepresentation, "invalid input syntax for type bytea")
            }
            return bytes
        }
        var output: [UInt8] = []
        var (bits, bitCount) = (0, 0)
        for byte in text.utf8 where byte > 0x20 {
            let digit: Int?
            switch self {
            case .hex: digit = hexDigit(byte)
            case .base64, .escape:
                if byte == UInt8(ascii: "=") { continue }
                digit = Self.letters.firstIndex(of: byte)
            }
            guard let digit else {
                throw DemetraError(
                    .invalidParameterValue, "invalid \(self) digit: \"\(UnicodeScalar(byte))\"")
            }
            let width = self == .hex ? 4 : 6
            bits = (bits << width | digit) & 0xffff
            bitCount += width
            if bitCount >= 8 {
                bitCount -= 8
                output.append(UInt8(truncatingIfNeeded: bits >> bitCount))
            }
        }
        guard self == .base64 || bitCount == 0 else {
            throw DemetraError(
                .invalidParameterValue, "invalid hexadecimal data: odd number of digits")
        }
        return output
    }
}

/// Characters as bytes.
private enum TextEncoding {
    case utf8, latin1

    init(_ name: Value) throws(DemetraError) {
        switch name.textOrEmpty.uppercased().filter({ $0 != "-" && $0 != "_" }) {
        case "UTF8", "UNICODE": self = .utf8
        case "LATIN1", "ISO88591": self = .latin1
        default:
            throw DemetraError(
                .invalidParameterValue, "invalid encoding name \"\(name.textOrEmpty)\"",
                hint: "There are UTF8 and LATIN1.")
        }
    }

    func bytes(_ text: String) throws(DemetraError) -> [UInt8] {
        guard self == .latin1 else { return Array(text.utf8) }
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            guard let byte = UInt8(exactly: scalar.value) else {
                throw DemetraError(
                    .untranslatableCharacter,
                    "character \"\(scalar)\" has no equivalent in encoding \"LATIN1\"")
            }
            bytes.append(byte)
        }
        return bytes
    }

    func text(_ bytes: [UInt8]) throws(DemetraError) -> String {
        if self == .latin1 {
            var scalars = String.UnicodeScalarView()
            scalars.append(contentsOf: bytes.lazy.map { UnicodeScalar($0) })
            return String(scalars)
        }
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            throw DemetraError(
                .characterNotInRepertoire, "invalid byte sequence for encoding \"UTF8\"")
        }
        return text
    }
}

/// The pattern of `format`: `%s` a text, `%I` a name, `%L` a literal, `%%` a percent sign; with a position
/// (`%2$s`), a width (`%10s`, `%*s`) and a minus for the left.
private struct FormatPattern {
    private let scalars: [Unicode.Scalar]
    private let values: [String?]
    private var position = 0
    private var nextValue = 0

    /// Widths beyond it are refused.
    private static let widest = 1_000_000

    init(_ pattern: String, _ values: [String?]) {
        scalars = Array(pattern.unicodeScalars)
        self.values = values
    }

    private func error(_ message: String) -> DemetraError {
        DemetraError(.invalidParameterValue, message)
    }

    private var current: Unicode.Scalar? {
        position < scalars.count ? scalars[position] : nil
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let digit = current?.properties.numericType == .decimal ? current : nil,
            digit.isASCII
        {
            value = min((value ?? 0) * 10 + Int(digit.value - 0x30), Self.widest * 10)
            position += 1
        }
        return value
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        position += 1
        return true
    }

    private mutating func value(_ number: Int?) throws(DemetraError) -> String? {
        let index = number.map { $0 - 1 } ?? nextValue
        if number == 0 {
            throw error("format specifies argument 0, but arguments are numbered from 1")
        }
        guard values.indices.contains(index) else {
            throw error("too few arguments for format()")
        }
        nextValue = index + 1
        return values[index]
    }

    mutating func filled() throws(DemetraError) -> String {
        var result = String.UnicodeScalarView()
        while let scalar = current {
            position += 1
            guard scalar == "%" else {
                result.append(scalar)
                continue
            }
            if take("%") {
                result.append("%")
            } else {
                result.append(contentsOf: try specifier().unicodeScalars)
            }
        }
        return String(result)
    }

    private mutating func specifier() throws(DemetraError) -> String {
        var place: Int?
        let start = position
        if let number = number() {
            if take("$") { place = number } else { position = start }
        }
        var isLeft = take("-")
        while take("-") { isLeft = true }
        var width = 0
        if take("*") {
            let given = try value(nil).flatMap { Int($0) } ?? 0
            isLeft = isLeft || given < 0
            width = given == .min ? Self.widest + 1 : abs(given)
        } else {
            width = number() ?? 0
        }
        guard width <= Self.widest else { throw error("number is out of range") }
        guard let kind = current else { throw error("unterminated format() type specifier") }
        position += 1
        guard kind == "s" || kind == "I" || kind == "L" else {
            throw DemetraError(
                .invalidParameterValue, "unrecognized format() type specifier \"\(kind)\"",
                hint: "For a single \"%\" use \"%%\".")
        }
        let shown = try text(try value(place), kind)
        let missing = width - shown.unicodeScalars.count
        guard missing > 0 else { return shown }
        let blanks = String(repeating: " ", count: missing)
        return isLeft ? shown + blanks : blanks + shown
    }

    private func text(
        _ value: String?, _ kind: Unicode.Scalar
    ) throws(DemetraError) -> String {
        switch kind {
        case "I":
            guard let value else {
                throw DemetraError(
                    .nullValueNotAllowed, "null values cannot be formatted as an SQL identifier")
            }
            return SQLText.name(value)
        case "L": return value.map { SQLText.literal($0) } ?? "NULL"
        default: return value ?? ""
        }
    }
}
