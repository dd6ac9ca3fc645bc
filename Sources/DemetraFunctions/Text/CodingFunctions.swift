import DemetraTypes
import DemetraVectors

/// Texts made of bytes and of patterns: `encode`, `decode`, `to_hex`, `format`.
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
        ]

    private static func coding(_ name: Value) throws(DemetraError) -> ByteCoding {
        guard let coding = ByteCoding(rawValue: name.textOrEmpty.lowercased()) else {
            throw DemetraError(
                .invalidParameterValue, "unrecognized encoding: \"\(name.textOrEmpty)\"",
                hint: "There are base64 and hex.")
        }
        return coding
    }
}

/// Bytes as text.
private enum ByteCoding: String {
    case hex, base64

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
        }
    }

    func decode(_ text: String) throws(DemetraError) -> [UInt8] {
        var output: [UInt8] = []
        var (bits, bitCount) = (0, 0)
        for byte in text.utf8 where byte > 0x20 {
            let digit: Int?
            switch self {
            case .hex: digit = hexDigit(byte)
            case .base64:
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
            return Self.name(value)
        case "L": return value.map { Self.literal($0) } ?? "NULL"
        default: return value ?? ""
        }
    }

    private static func name(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy {
                ($0 >= 0x61 && $0 <= 0x7a) || $0 == 0x5f || ($0 >= 0x30 && $0 <= 0x39)
            } && text.utf8.first.map { $0 > 0x39 } == true
        return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    private static func literal(_ text: String) -> String {
        let quoted = "'" + text.replacing("'", with: "''") + "'"
        guard quoted.contains("\\") else { return quoted }
        return "E" + quoted.replacing("\\", with: "\\\\")
    }
}
