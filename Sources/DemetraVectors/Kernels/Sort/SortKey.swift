/// One ORDER BY term over the rows to sort.
package struct SortKey: Sendable {
    /// The values.
    package let vector: Vector
    /// True for DESC.
    package let descending: Bool
    /// True when NULLs come before all values, whatever the direction.
    package let nullsFirst: Bool

    /// Makes a term.
    package init(_ vector: Vector, descending: Bool = false, nullsFirst: Bool = false) {
        self.vector = vector
        self.descending = descending
        self.nullsFirst = nullsFirst
    }
}
