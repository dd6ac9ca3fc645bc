import DemetraTypes

/// The six comparisons of SQL.
package enum ComparisonOperator: Sendable, Hashable {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
}

/// Compares vectors of one physical type.
///
/// NaN equals NaN and is the greatest number, zero equals minus zero, decimals compare by value,
/// intervals with months of 30 days, texts by bytes.
package enum CompareKernel {
    /// `left op right` for every row: boolean, NULL where either side is.
    package static func compare(
        _ op: ComparisonOperator, _ left: Vector, _ right: Vector,
        memo: DictionaryMemo<UInt8>? = nil
    ) -> Vector {
        precondition(left.count == right.count, "operands of different length")
        let (left, right) = (left.comparableArrays, right.comparableArrays)
        let count = left.count
        switch (left.storage, right.storage) {
        case (.constant(let a), .constant(let b)):
            return .constant(compare(op, a.vector.flattened(), b.vector.flattened()), count: count)
        case (.constant(let a), _):
            return compare(right, with: a.vector, op.mirrored, memo)
        case (_, .constant(let b)): return compare(left, with: b.vector, op, memo)
        default:
            return Vector(
                type: .boolean, count: count, validity: .and(left.validity, right.validity),
                storage: .boolean(PairComparison(op: op, count: count).verdicts(left, right)))
        }
    }

    private static func compare(
        _ column: Vector, with constant: Vector, _ op: ComparisonOperator,
        _ memo: DictionaryMemo<UInt8>?
    ) -> Vector {
        if constant.validity != nil { return .nulls(.boolean, count: column.count) }
        let comparison = ConstantComparison(op: op, constant: constant.flattened(), memo: memo)
        return Vector(
            type: .boolean, count: column.count, validity: column.validity,
            storage: .boolean(comparison.run(column, VerdictBytes(count: column.count))))
    }

    /// IS DISTINCT FROM: as `<>`, but NULL equals NULL; never NULL.
    package static func isDistinct(_ left: Vector, _ right: Vector) -> Vector {
        guard left.hasNulls || right.hasNulls else { return compare(.notEqual, left, right) }
        let nullness = compare(
            .notEqual, LogicKernel.isNull(left), LogicKernel.isNull(right))
        // Where one side is NULL the values' verdict is NULL and so not true.
        return LogicKernel.or(LogicKernel.isTrue(compare(.notEqual, left, right)), nullness)
    }

    /// The rows where `left op right` is true; comparison and filter in one pass.
    ///
    /// - Parameters:
    ///   - within: the rows to look at; nil for all. The vectors have every row of the batch.
    ///   - memo: verdicts per distinct value, kept by the caller from batch to batch; one memo
    ///     belongs to one operator and one constant.
    package static func select(
        _ op: ComparisonOperator, _ left: Vector, _ right: Vector, within: SelectionVector?,
        memo: DictionaryMemo<UInt8>? = nil
    ) -> SelectionVector {
        precondition(left.count == right.count, "operands of different length")
        let (left, right) = (left.comparableArrays, right.comparableArrays)
        switch (left.storage, right.storage) {
        case (.constant, .constant): break
        case (.constant(let a), _): return select(right, a.vector, op.mirrored, within, memo)
        case (_, .constant(let b)): return select(left, b.vector, op, within, memo)
        default: break
        }
        return FilterKernel.select(compare(op, left, right), within: within)
    }

    private static func select(
        _ column: Vector, _ constant: Vector, _ op: ComparisonOperator,
        _ within: SelectionVector?, _ memo: DictionaryMemo<UInt8>?
    ) -> SelectionVector {
        if constant.validity != nil { return .empty }
        let comparison = ConstantComparison(op: op, constant: constant.flattened(), memo: memo)
        return comparison.run(
            column,
            VerdictRows(count: column.count, validity: column.validity, within: within))
    }
}
