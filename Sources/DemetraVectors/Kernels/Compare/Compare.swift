/// The six comparisons of SQL.
package enum ComparisonOperator: Sendable, Hashable {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
}

/// Compares vectors of one physical type.
package enum CompareKernel {
    /// `left op right` for every row: boolean, NULL where either side is.
    package static func compare(
        _ op: ComparisonOperator, _ left: Vector, _ right: Vector,
        memo: DictionaryMemo<UInt8>? = nil
    ) -> Vector { preconditionFailure("filled in by the next commit") }

    /// IS DISTINCT FROM: as `<>`, but NULL equals NULL; never NULL.
    package static func isDistinct(_ left: Vector, _ right: Vector) -> Vector {
        preconditionFailure("filled in by the next commit")
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
    ) -> SelectionVector { preconditionFailure("filled in by the next commit") }
}
