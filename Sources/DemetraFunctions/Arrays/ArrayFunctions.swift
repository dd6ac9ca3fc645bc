import DemetraTypes
import DemetraVectors

/// Functions over arrays. The first element has the number 1, and there is one dimension.
///
/// - Source: PostgreSQL 15 documentation, section 9.19.
enum ArrayFunctions {
    static let all: [ScalarFunction] =
        making + measuring + finding + changing + comparing + texts + ArrayQuantifier.all

    // MARK: Making and taking apart

    private static let making: [ScalarFunction] = [
        // ARRAY[a, b, ...]
        ScalarFunction(
            "array", Signature([], variadic: .anyElement, result: .array(of: 0)), isStrict: false
        ) { (vectors, count, _) throws(DemetraError) in
            let element = vectors.first?.type ?? .text
            var writer = ArrayWriter(ArrayLayout(element: element))
            var builder = VectorBuilder(type: .array(element), capacity: count)
            for row in 0..<count {
                writer.removeAll()
                for vector in vectors { writer.append(vector, row: row) }
                builder.append(writer)
            }
            return builder.finish()
        },
        ScalarFunction(
            "array_fill", Signature([.anyElement, .type(.array(.integer))], result: .array(of: 0)),
            isStrict: false
        ) { (vectors, count, _) throws(DemetraError) in
            let element = vectors[0].type
            var writer = ArrayWriter(ArrayLayout(element: element))
            var builder = VectorBuilder(type: .array(element), capacity: count)
            for row in 0..<count {
                writer.removeAll()
                for _ in 0..<(try length(vectors[1], row)) { writer.append(vectors[0], row: row) }
                builder.append(writer)
            }
            return builder.finish()
        },
        // a[i]
        ScalarFunction(
            "array_element", Signature([.anyArray, .type(.integer)], result: .element(of: 0))
        ) { (vectors, count, _) throws(DemetraError) in
            let rows = ArrayRows(vectors[0])
            var builder = VectorBuilder(type: rows.layout.element, capacity: count)
            for row in 0..<count {
                guard rows.isValid(row), case .integer(let number) = vectors[1].value(at: row),
                    number > 0, let item = rows.items(row).item(number: Int(number))
                else {
                    builder.appendNull()
                    continue
                }
                rows.append(item, to: &builder)
            }
            return builder.finish()
        },
        // a[i:j]
        ArrayBuilder.array(
            "array_slice", [.anyArray, .type(.integer), .type(.integer)], .argument(0)
        ) { arguments, row, output in
            guard let items = arguments.items(0, row), let lower = arguments.integer(1, row),
                let upper = arguments.integer(2, row)
            else { return false }
            for (index, item) in items.enumerated() where index + 1 >= lower && index < upper {
                output.append(item)
            }
            return true
        },
    ]

    /// Elements that one call of `array_fill` may make.
    private static let longestFill: Int64 = 10_000_000

    /// The one dimension that `array_fill` was given.
    private static func length(_ dimensions: Vector, _ row: Int) throws(DemetraError) -> Int {
        guard case .array(let lengths) = dimensions.value(at: row) else {
            throw DemetraError(
                .nullValueNotAllowed, "dimension array or low bound array cannot be null")
        }
        guard let first = lengths.first else { return 0 }
        guard lengths.count == 1 else {
            throw DemetraError(
                .featureNotSupported, "arrays of more than one dimension are not supported",
                hint: "Give one length.")
        }
        guard case .integer(let length) = first else {
            throw DemetraError(.nullValueNotAllowed, "dimension values cannot be null")
        }
        guard length <= longestFill else {
            throw DemetraError(
                .programLimitExceeded,
                "array size exceeds the maximum allowed (\(longestFill) elements)")
        }
        return Int(max(length, 0))
    }

    // MARK: Measuring

    private static func bound(
        _ name: String, _ value: @escaping @Sendable (Int) -> Int
    ) -> ScalarFunction {
        ArrayBuilder.scalar(name, [.anyArray, .type(.integer)], .fixed(.integer)) {
            arguments, row, _ in
            let count = arguments.items(0, row)?.count ?? 0
            guard arguments.integer(1, row) == 1, count > 0 else { return .null }
            return .integer(Int64(value(count)))
        }
    }

    private static let measuring: [ScalarFunction] = [
        bound("array_length") { $0 }, bound("array_upper") { $0 }, bound("array_lower") { _ in 1 },
        ArrayBuilder.scalar("cardinality", [.anyArray], .fixed(.integer)) { arguments, row, _ in
            .integer(Int64(arguments.items(0, row)?.count ?? 0))
        },
        ArrayBuilder.scalar("array_ndims", [.anyArray], .fixed(.integer)) { arguments, row, _ in
            arguments.items(0, row)?.count == 0 ? .null : .integer(1)
        },
        ArrayBuilder.scalar("array_dims", [.anyArray], .fixed(.text)) { arguments, row, _ in
            let count = arguments.items(0, row)?.count ?? 0
            return count == 0 ? .null : .text("[1:\(count)]")
        },
    ]

    // MARK: Finding

    private static let finding: [ScalarFunction] = [
        ArrayBuilder.scalar(
            "array_position", [.anyArray, .arrayElement, .type(.integer)], optional: 1,
            .fixed(.integer), isStrict: false
        ) { (arguments, row, _) throws(DemetraError) in
            guard let items = arguments.items(0, row) else { return .null }
            let start = arguments.integer(2, row)
            if arguments.vectors.count > 2, start == nil {
                throw DemetraError(
                    .nullValueNotAllowed, "initial position must not be null")
            }
            let key = arguments.key(1, row)
            for (index, item) in items.enumerated()
            where index + 1 >= start ?? 1 && item.key.elementsEqual(key) {
                return .integer(Int64(index + 1))
            }
            return .null
        },
        ArrayBuilder.array(
            "array_positions", [.anyArray, .arrayElement], .fixed(.array(.integer)),
            isStrict: false
        ) { arguments, row, output in
            guard let items = arguments.items(0, row) else { return false }
            let key = arguments.key(1, row)
            for (index, item) in items.enumerated() where item.key.elementsEqual(key) {
                output.append(.integer(Int64(index + 1)))
            }
            return true
        },
    ]

    // MARK: Changing

    private static let changing: [ScalarFunction] = [
        ArrayBuilder.array(
            "array_append", [.anyArray, .arrayElement], .argument(0), isStrict: false
        ) { arguments, row, output in
            if let items = arguments.items(0, row) { for item in items { output.append(item) } }
            output.append(arguments.vectors[1], row: row)
            return true
        },
        ArrayBuilder.array(
            "array_prepend", [.arrayElement, .anyArray], .argument(1), isStrict: false
        ) { arguments, row, output in
            output.append(arguments.vectors[0], row: row)
            if let items = arguments.items(1, row) { for item in items { output.append(item) } }
            return true
        },
        ArrayBuilder.array(
            "array_cat", [.anyArray, .anyArray], .argument(0), isStrict: false
        ) { arguments, row, output in
            for index in 0...1 {
                if let items = arguments.items(index, row) {
                    for item in items { output.append(item) }
                }
            }
            return arguments.isValid(0, row) || arguments.isValid(1, row)
        },
        ArrayBuilder.array(
            "array_remove", [.anyArray, .arrayElement], .argument(0), isStrict: false
        ) { arguments, row, output in
            guard let items = arguments.items(0, row) else { return false }
            let key = arguments.key(1, row)
            for item in items where !item.key.elementsEqual(key) { output.append(item) }
            return true
        },
        ArrayBuilder.array(
            "array_replace", [.anyArray, .arrayElement, .arrayElement], .argument(0),
            isStrict: false
        ) { arguments, row, output in
            guard let items = arguments.items(0, row) else { return false }
            let key = arguments.key(1, row)
            for item in items {
                if item.key.elementsEqual(key) {
                    output.append(arguments.vectors[2], row: row)
                } else {
                    output.append(item)
                }
            }
            return true
        },
        ArrayBuilder.array("trim_array", [.anyArray, .type(.integer)], .argument(0)) {
            (arguments, row, output) throws(DemetraError) in
            guard let items = arguments.items(0, row) else { return false }
            let (count, removed) = (items.count, arguments.integer(1, row) ?? 0)
            guard removed >= 0, removed <= count else {
                throw DemetraError(
                    .arraySubscriptError,
                    "number of elements to trim must be between 0 and \(count)")
            }
            for item in items.prefix(count - removed) { output.append(item) }
            return true
        },
    ]

    // MARK: Comparing as sets

    private static func keys(_ items: ArrayItems?) -> Set<[UInt8]> {
        Set((items.map { Array($0) } ?? []).lazy.filter { !$0.isNull }.map { Array($0.key) })
    }

    /// NULL is an element that no array contains.
    private static func contains(_ container: ArrayItems?, _ part: ArrayItems?) -> Bool {
        guard let part else { return true }
        let known = keys(container)
        return part.allSatisfy { !$0.isNull && known.contains(Array($0.key)) }
    }

    private static let comparing: [ScalarFunction] = [
        ArrayBuilder.scalar("@>", [.anyArray, .anyArray], .fixed(.boolean)) { arguments, row, _ in
            .boolean(contains(arguments.items(0, row), arguments.items(1, row)))
        },
        ArrayBuilder.scalar("<@", [.anyArray, .anyArray], .fixed(.boolean)) { arguments, row, _ in
            .boolean(contains(arguments.items(1, row), arguments.items(0, row)))
        },
        ArrayBuilder.scalar("&&", [.anyArray, .anyArray], .fixed(.boolean)) { arguments, row, _ in
            let known = keys(arguments.items(0, row))
            let other = arguments.items(1, row)
            return .boolean(
                other?.contains { !$0.isNull && known.contains(Array($0.key)) } ?? false)
        },
    ]

    // MARK: Texts

    private static let texts: [ScalarFunction] = [
        ArrayBuilder.scalar(
            "array_to_string", [.anyArray, .type(.text), .type(.text)], optional: 1, .fixed(.text),
            isStrict: false, volatility: .stable
        ) { arguments, row, context in
            guard let items = arguments.items(0, row), arguments.isValid(1, row) else {
                return .null
            }
            let type = arguments.layout.element
            var null: String?
            if arguments.vectors.count > 2, arguments.isValid(2, row) {
                null = arguments.vectors[2].value(at: row).textOrEmpty
            }
            let parts = items.compactMap { item in
                ArrayText.elementText(arguments.value(0, item), type, context.timeZone) ?? null
            }
            return .text(
                parts.joined(separator: arguments.vectors[1].value(at: row).textOrEmpty))
        },
        ArrayBuilder.array(
            "string_to_array", [.type(.text), .type(.text), .type(.text)], optional: 1,
            .fixed(.array(.text)), isStrict: false
        ) { arguments, row, output in
            guard case .text(let text) = arguments.vectors[0].value(at: row) else { return false }
            var null: String?
            if arguments.vectors.count > 2, arguments.isValid(2, row) {
                null = arguments.vectors[2].value(at: row).textOrEmpty
            }
            var separator: String?
            if case .text(let given) = arguments.vectors[1].value(at: row) { separator = given }
            for part in TextParts.split(text, separator) {
                output.append(part == null ? .null : .text(part))
            }
            return true
        },
    ]
}

/// Texts cut at a separator.
enum TextParts {
    /// The parts between separators; every character without one, the whole text with an empty one.
    static func split(_ text: String, _ separator: String?) -> [String] {
        if text.isEmpty { return [] }
        guard let separator else { return text.unicodeScalars.map { String($0) } }
        if separator.isEmpty { return [text] }
        let (bytes, mark) = (Array(text.utf8), Array(separator.utf8))
        var parts: [String] = []
        var start = 0
        var index = 0
        while index + mark.count <= bytes.count {
            if bytes[index..<(index + mark.count)].elementsEqual(mark) {
                parts.append(String(decoding: bytes[start..<index], as: UTF8.self))
                index += mark.count
                start = index
            } else {
                index += 1
            }
        }
        return parts + [String(decoding: bytes[start...], as: UTF8.self)]
    }
}
