package import DemetraTypes

/// The right side of `IN (...)`, prepared once for a query.
///
/// Dictionary columns are tested once per distinct value of a dictionary.
///
/// Safe because a byte is written and read for each row of the vector it was made for.
// Immutable after init; the memo guards itself.
package struct SetMembership: Sendable {
    private enum Members: Sendable {
        case none
        case words(WordSet)
        case texts(TextIndex)
        case decimals(Set<Decimal>)
    }

    private let members: Members
    private let memo = DictionaryMemo<UInt8>()

    /// Prepares values that already have the type `type`; NULLs among them are ignored here, see
    /// `nullWhenAbsent`.
    package init(values: [Value], type: LogicalType) {
        let values = values.filter { !$0.isNull }
        let column = Vector(values, type: type).comparableArrays
        members =
            if values.isEmpty {
                .none
            } else {
                switch column.storage {
                case .boolean(let buffer): .words(WordSet(Self.words(buffer)))
                case .int32(let buffer): .words(WordSet(Self.words(buffer)))
                case .int64(let buffer): .words(WordSet(Self.words(buffer)))
                case .float64(let buffer): .words(WordSet(buffer.array.map(doubleWord)))
                case .int128(let buffer): .decimals(Set(buffer.array.map(canonicalDecimal)))
                case .decimal(let buffer): .decimals(Set(buffer.array.map(\.canonical)))
                case .interval(let buffer): .decimals(Set(buffer.array.map(canonicalDecimal)))
                case .text(let texts): .texts(TextIndex(texts))
                case .dictionary, .constant: preconditionFailure("values make a flat vector")
                }
            }
    }

    private static func words(_ buffer: Buffer<some FixedWidthInteger>) -> [UInt64] {
        buffer.array.map { UInt64(truncatingIfNeeded: $0) }
    }

    /// True where the value is in the set; NULL rows stay NULL.
    ///
    /// - Parameter nullWhenAbsent: true when the list held NULL: absent values then give NULL.
    package func test(_ vector: Vector, nullWhenAbsent: Bool) -> Vector {
        if case .constant(let box) = vector.storage {
            return .constant(
                test(box.vector.flattened(), nullWhenAbsent: nullWhenAbsent), count: vector.count)
        }
        let bytes = run(vector, VerdictBytes(count: vector.count))
        let result = Vector(
            type: .boolean, count: vector.count, validity: vector.validity,
            storage: .boolean(bytes))
        guard nullWhenAbsent else { return result }
        return result.masked(by: .packing(bytes.pointer, count: vector.count))
    }

    /// The rows whose value is in the set.
    package func select(_ vector: Vector, within: SelectionVector?) -> SelectionVector {
        if vector.isConstant {
            return FilterKernel.select(test(vector, nullWhenAbsent: false), within: within)
        }
        return run(
            vector, VerdictRows(count: vector.count, validity: vector.validity, within: within))
    }

    private func run<Use: RowTestUse>(_ column: Vector, _ use: Use) -> Use.Result {
        switch (members, column.storage) {
        case (.none, _): return use.always(false)
        case (.words(let set), .boolean(let buffer)): return set.run(buffer, use)
        case (.words(let set), .int32(let buffer)): return set.run(buffer, use)
        case (.words(let set), .int64(let buffer)): return set.run(buffer, use)
        case (.words(let set), .float64(let buffer)): return set.run(doubles: buffer, use)
        case (.texts(let index), .text(let texts)):
            return use.run(verdicts: index.contains(texts))
        case (.texts(let index), .dictionary(let codes, let dictionary)):
            let verdicts = memo.elements(for: dictionary) { index.contains($0.values) }
            return ConstantComparison.run(codes, verdicts, use)
        case (.decimals(let set), .int128(let buffer)):
            return use.run(verdicts: verdicts(buffer) { set.contains(canonicalDecimal($0)) })
        case (.decimals(let set), .decimal(let buffer)):
            return use.run(verdicts: verdicts(buffer) { set.contains($0.canonical) })
        case (.decimals(let set), .interval(let buffer)):
            return use.run(verdicts: verdicts(buffer) { set.contains(canonicalDecimal($0)) })
        default: preconditionFailure("a column of another type than the set")
        }
    }

    private func verdicts<Element: BitwiseCopyable>(
        _ buffer: Buffer<Element>, _ contains: (Element) -> Bool
    ) -> Buffer<UInt8> {
        let output = BufferBuilder<UInt8>(capacity: buffer.count)
        for row in 0..<buffer.count { output.pointer[row] = byte(contains(buffer.pointer[row])) }
        return output.freeze(count: buffer.count)
    }
}

/// A wide integer as the decimal that stands for it in sets and tables.
func canonicalDecimal(_ value: Int128) -> Decimal { Decimal(unscaled: value, scale: 0) }

/// An interval as the decimal that stands for its length.
func canonicalDecimal(_ value: Interval) -> Decimal {
    Decimal(unscaled: value.comparableMicroseconds, scale: 0)
}
