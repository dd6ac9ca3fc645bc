/// From booleans to selections.
package enum FilterKernel {
    /// The rows where `boolean` is true, neither false nor NULL.
    ///
    /// With `within`, only those of its rows; `boolean` still has a row for every row of the batch.
    package static func select(_ boolean: Vector, within: SelectionVector?) -> SelectionVector {
        preconditionFailure("filled in by the next commit")
    }
}
