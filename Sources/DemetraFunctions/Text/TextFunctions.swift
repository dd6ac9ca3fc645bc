import DemetraTypes
import DemetraVectors

/// Functions over text. Characters are code points; case maps code point by code point.
enum TextFunctions {
    static let all: [ScalarFunction] = joining + lengths + cases + cutting + trimming + others

    private typealias Scalars = [Unicode.Scalar]

    private static func scalars(_ value: Value) -> Scalars {
        Array(value.textOrEmpty.unicodeScalars)
    }

    private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> Value {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return .text(String(view))
    }

    private static func shown(_ value: Value, _ type: LogicalType, _ context: EvaluationContext)
        -> String
    {
        ValueText.text(value, type: type, zone: context.timeZone) ?? ""
    }

    // MARK: Joining

    private static let joining: [ScalarFunction] = [
        ScalarBuilder.function("||", [.text, .text], .text) { values, _ in
            .text(values[0].textOrEmpty + values[1].textOrEmpty)
        },
        anyConcatenation([.any, .type(.text)]), anyConcatenation([.type(.text), .any]),
        ScalarFunction(
            "concat", Signature([.any], variadic: .any, result: .fixed(.text)), volatility: .stable,
            isStrict: false
        ) { (arguments, count, context) throws(DemetraError) in
            join(arguments, count, context, separator: nil)
        },
        ScalarFunction(
            "concat_ws", Signature([.type(.text), .any], variadic: .any, result: .fixed(.text)),
            volatility: .stable, isStrict: false
        ) { (arguments, count, context) throws(DemetraError) in
            join(Array(arguments.dropFirst()), count, context, separator: arguments[0])
        },
    ]

    private static func anyConcatenation(_ parameters: [ParameterType]) -> ScalarFunction {
        ScalarFunction(
            "||", Signature(parameters, result: .fixed(.text)), volatility: .stable
        ) { (arguments, count, context) throws(DemetraError) in
            var builder = VectorBuilder(type: .text, capacity: count)
            for row in 0..<count {
                let parts = arguments.map { shown($0.value(at: row), $0.type, context) }
                builder.append(text: parts.joined())
            }
            return builder.finish()
        }
    }

    private static func join(
        _ arguments: [Vector], _ count: Int, _ context: EvaluationContext, separator: Vector?
    ) -> Vector {
        var builder = VectorBuilder(type: .text, capacity: count)
        for row in 0..<count {
            if let separator, !separator.isValid(row) {
                builder.appendNull()
                continue
            }
            // As output writes them, not as a cast would: true is t.
            let parts = arguments.compactMap {
                ArrayText.elementText($0.value(at: row), $0.type, context.timeZone)
            }
            builder.append(
                text: parts.joined(separator: separator?.value(at: row).textOrEmpty ?? ""))
        }
        return builder.finish()
    }

    // MARK: Lengths and case

    private static let lengths: [ScalarFunction] =
        ["length", "char_length", "character_length"].map { name in
            ScalarBuilder.function(name, [.text], .integer) { values, _ in
                .integer(Int64(values[0].textOrEmpty.unicodeScalars.count))
            }
        }
        + [
            ScalarBuilder.function("octet_length", [.text], .integer) { values, _ in
                .integer(Int64(values[0].textOrEmpty.utf8.count))
            },
            ScalarBuilder.function("bit_length", [.text], .integer) { values, _ in
                .integer(Int64(values[0].textOrEmpty.utf8.count * 8))
            },
            ScalarBuilder.function("ascii", [.text], .integer) { values, _ in
                .integer(Int64(values[0].textOrEmpty.unicodeScalars.first?.value ?? 0))
            },
            ScalarBuilder.function("chr", [.integer], .text) { (values, _) throws(DemetraError) in
                guard let scalar = Unicode.Scalar(UInt32(clamping: values[0].integerOrZero)),
                    scalar.value > 0
                else {
                    throw DemetraError(.programLimitExceeded, "requested character is not valid")
                }
                return .text(String(Character(scalar)))
            },
        ]

    /// A mapping that keeps the number of code points; others are left as they are.
    private static func mapped(_ scalar: Unicode.Scalar, _ mapping: String) -> Unicode.Scalar {
        let result = mapping.unicodeScalars
        return result.count == 1 ? result.first ?? scalar : scalar
    }

    private static func upper(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        mapped(scalar, scalar.properties.uppercaseMapping)
    }

    private static func lower(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        mapped(scalar, scalar.properties.lowercaseMapping)
    }

    private static let cases: [ScalarFunction] = [
        ScalarBuilder.function("upper", [.text], .text) { values, _ in
            text(scalars(values[0]).map { upper($0) })
        },
        ScalarBuilder.function("lower", [.text], .text) { values, _ in
            text(scalars(values[0]).map { lower($0) })
        },
        ScalarBuilder.function("initcap", [.text], .text) { values, _ in
            var isStart = true
            return text(
                scalars(values[0]).map { scalar in
                    defer {
                        isStart = !(scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
                    }
                    return isStart ? upper(scalar) : lower(scalar)
                })
        },
        ScalarBuilder.function("reverse", [.text], .text) { values, _ in
            text(scalars(values[0]).reversed())
        },
    ]

    // MARK: Cutting

    /// The characters of an SQL window: positions from 1, of which some may lie outside.
    private static func window(
        _ value: Value, from start: Int, count: Int?
    ) throws(DemetraError) -> Value {
        if let count, count < 0 {
            throw DemetraError(.substringError, "negative substring length not allowed")
        }
        let all = scalars(value)
        let lower = max(start, 1)
        let upper =
            count.map { min(start.addingReportingOverflow($0).partialValue, all.count + 1) } ?? all
            .count + 1
        guard lower < upper else { return .text("") }
        return text(all[(lower - 1)..<(upper - 1)])
    }

    private static let cutting: [ScalarFunction] =
        ["substring", "substr"].flatMap { name in
            [
                ScalarBuilder.function(name, [.text, .integer, .integer], .text) {
                    (values, _) throws(DemetraError) in
                    try window(
                        values[0], from: values[1].integerOrZero, count: values[2].integerOrZero)
                },
                ScalarBuilder.function(name, [.text, .integer], .text) {
                    (values, _) throws(DemetraError) in
                    try window(values[0], from: values[1].integerOrZero, count: nil)
                },
            ]
        }
        + [
            ScalarBuilder.function("left", [.text, .integer], .text) { values, _ in
                let all = scalars(values[0])
                let count = values[1].integerOrZero
                return text(count >= 0 ? all.prefix(count) : all.dropLast(min(all.count, -count)))
            },
            ScalarBuilder.function("right", [.text, .integer], .text) { values, _ in
                let all = scalars(values[0])
                let count = values[1].integerOrZero
                return text(count >= 0 ? all.suffix(count) : all.dropFirst(min(all.count, -count)))
            },
            TextMapping.function(
                ScalarBuilder.function("split_part", [.text, .text, .integer], .text) {
                    (values, _) throws(DemetraError) in
                    let field = values[2].integerOrZero
                    if field == 0 {
                        throw DemetraError(
                            .invalidParameterValue, "field position must not be zero")
                    }
                    let parts = pieces(values[0].textOrEmpty, by: values[1].textOrEmpty)
                    let index = field > 0 ? field - 1 : parts.count + field
                    return .text(parts.indices.contains(index) ? parts[index] : "")
                }
            ) { rest in
                let (mark, field) = (Array(rest[0].textOrEmpty.utf8), rest[1].integerOrZero)
                guard !mark.isEmpty, field > 0 else { return nil }
                return { bytes, result in
                    var (start, end, number) = (0, bytes.count, 1)
                    TextMapping.forEachPlace(of: mark, in: bytes) { place in
                        if number == field {
                            end = place
                            return false
                        }
                        number += 1
                        start = place + mark.count
                        return true
                    }
                    if number == field { result.append(bytes, from: start, to: end) }
                }
            },
            ScalarBuilder.function(
                "overlay", [.text, .text, .integer, .integer], .text, optional: 1
            ) { (values, _) throws(DemetraError) in
                let replacement = values[1].textOrEmpty
                let start = values[2].integerOrZero
                let count =
                    values.count > 3
                    ? values[3].integerOrZero : replacement.unicodeScalars.count
                let before = try window(values[0], from: 1, count: max(0, start - 1)).textOrEmpty
                let after = try window(values[0], from: start + count, count: nil).textOrEmpty
                return .text(before + replacement + after)
            },
        ]

    /// The parts between separators; an empty separator separates nothing.
    private static func pieces(_ text: String, by separator: String) -> [String] {
        guard !separator.isEmpty else { return [text] }
        let bytes = Array(text.utf8)
        let mark = Array(separator.utf8)
        var result: [String] = []
        var start = 0
        var index = 0
        while index + mark.count <= bytes.count {
            if bytes[index] == mark[0], bytes[index..<(index + mark.count)].elementsEqual(mark) {
                result.append(String(decoding: bytes[start..<index], as: UTF8.self))
                index += mark.count
                start = index
            } else {
                index += 1
            }
        }
        result.append(String(decoding: bytes[start...], as: UTF8.self))
        return result
    }

    // MARK: Trimming and padding

    private static func trimmer(_ name: String, leading: Bool, trailing: Bool) -> ScalarFunction {
        ScalarBuilder.function(name, [.text, .text], .text, optional: 1) { values, _ in
            let set: Set<Unicode.Scalar> = values.count > 1 ? Set(scalars(values[1])) : [" "]
            var all = scalars(values[0])[...]
            if leading { all = all.drop { set.contains($0) } }
            if trailing { while let last = all.last, set.contains(last) { all.removeLast() } }
            return text(all)
        }
    }

    private static func pad(_ name: String, isLeft: Bool) -> ScalarFunction {
        ScalarBuilder.function(name, [.text, .integer, .text], .text, optional: 1) {
            (values, _) throws(DemetraError) in
            let all = scalars(values[0])
            let width = max(0, values[1].integerOrZero)
            guard width <= 10_000_000 else {
                throw DemetraError(.programLimitExceeded, "requested length too large")
            }
            let fill = values.count > 2 ? scalars(values[2]) : [" "]
            if all.count >= width || fill.isEmpty { return text(all.prefix(width)) }
            let padding = (0..<(width - all.count)).map { fill[$0 % fill.count] }
            return text(isLeft ? padding + all : all + padding)
        }
    }

    private static let trimming: [ScalarFunction] = [
        trimmer("btrim", leading: true, trailing: true),
        trimmer("ltrim", leading: true, trailing: false),
        trimmer("rtrim", leading: false, trailing: true), pad("lpad", isLeft: true),
        pad("rpad", isLeft: false),
    ]

    private static let others: [ScalarFunction] = [
        TextMapping.function(
            ScalarBuilder.function("replace", [.text, .text, .text], .text) { values, _ in
                .text(
                    pieces(values[0].textOrEmpty, by: values[1].textOrEmpty)
                        .joined(separator: values[2].textOrEmpty))
            }
        ) { rest in
            let (mark, replacement) = (
                Array(rest[0].textOrEmpty.utf8), Array(rest[1].textOrEmpty.utf8)
            )
            guard !mark.isEmpty else { return nil }
            return { bytes, result in
                var start = 0
                TextMapping.forEachPlace(of: mark, in: bytes) { place in
                    result.append(bytes, from: start, to: place)
                    result.append(replacement)
                    start = place + mark.count
                    return true
                }
                result.append(bytes, from: start, to: bytes.count)
            }
        },
        ScalarBuilder.function("translate", [.text, .text, .text], .text) { values, _ in
            let (from, to) = (scalars(values[1]), scalars(values[2]))
            return text(
                scalars(values[0]).compactMap { scalar in
                    guard let index = from.firstIndex(of: scalar) else { return scalar }
                    return index < to.count ? to[index] : nil
                })
        },
        ScalarBuilder.function("strpos", [.text, .text], .integer) { values, _ in
            let parts = pieces(values[0].textOrEmpty, by: values[1].textOrEmpty)
            if values[1].textOrEmpty.isEmpty { return .integer(1) }
            return .integer(parts.count > 1 ? Int64(parts[0].unicodeScalars.count + 1) : 0)
        },
        ScalarBuilder.function("repeat", [.text, .integer], .text) {
            (values, _) throws(DemetraError) in
            let (piece, count) = (values[0].textOrEmpty, max(0, values[1].integerOrZero))
            guard piece.utf8.count * count <= 100_000_000 else {
                throw DemetraError(.programLimitExceeded, "requested length too large")
            }
            return .text(String(repeating: piece, count: count))
        },
        ScalarBuilder.function("starts_with", [.text, .text], .boolean) { values, _ in
            .boolean(values[0].textOrEmpty.utf8.starts(with: values[1].textOrEmpty.utf8))
        },
        quoting("quote_literal", null: .null), quoting("quote_nullable", null: .text("NULL")),
        ScalarBuilder.function("quote_ident", [.text], .text) { values, _ in
            .text(SQLText.name(values[0].textOrEmpty))
        },
        ScalarBuilder.function("to_hex", [.bigint], .text) { values, _ in
            .text(String(UInt64(bitPattern: Int64(values[0].integerOrZero)), radix: 16))
        },
        ScalarFunction(
            "pg_typeof", Signature([.any], result: .fixed(.system(.regtype))), isStrict: false
        ) { arguments, count, _ in
            let name = arguments[0].type.unmodified.description
            return Vector.constant(.text(name), type: .system(.regtype), count: count)
        },
    ]

    private static func quoting(_ name: String, null: Value) -> ScalarFunction {
        ScalarFunction(
            name, Signature([.any], result: .fixed(.text)), volatility: .stable, isStrict: false
        ) { arguments, count, context in
            var builder = VectorBuilder(type: .text, capacity: count)
            for row in 0..<count {
                guard arguments[0].isValid(row) else {
                    builder.append(null)
                    continue
                }
                let text = shown(arguments[0].value(at: row), arguments[0].type, context)
                builder.append(text: SQLText.literal(text))
            }
            return builder.finish()
        }
    }
}
