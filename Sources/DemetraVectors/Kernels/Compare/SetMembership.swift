package import DemetraTypes

/// The right side of `IN (...)`, prepared once for a query.
// Immutable after init.
package struct SetMembership: Sendable {
    /// Prepares values that already have the type `type`; NULLs among them are ignored here, see
    /// `nullWhenAbsent`.
    package init(values: [Value], type: LogicalType) {
        preconditionFailure("filled in by the next commit")
    }

    /// True where the value is in the set; NULL rows stay NULL.
    ///
    /// - Parameter nullWhenAbsent: true when the list held NULL: absent values then give NULL.
    package func test(_ vector: Vector, nullWhenAbsent: Bool) -> Vector {
        preconditionFailure("filled in by the next commit")
    }

    /// The rows whose value is in the set.
    package func select(_ vector: Vector, within: SelectionVector?) -> SelectionVector {
        preconditionFailure("filled in by the next commit")
    }
}
