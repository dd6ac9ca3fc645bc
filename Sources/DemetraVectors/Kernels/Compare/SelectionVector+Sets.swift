extension SelectionVector {
    /// Rows 0 ..< count.
    package static func all(_ count: Int) -> SelectionVector {
        preconditionFailure("filled in by the next commit")
    }

    /// Row i of the result is `self.indices[inner.indices[i]]`.
    package func composed(with inner: SelectionVector) -> SelectionVector {
        preconditionFailure("filled in by the next commit")
    }

    /// The rows of 0 ..< count that are not selected; ascending input.
    package func complement(count: Int) -> SelectionVector {
        preconditionFailure("filled in by the next commit")
    }

    /// Rows in both; both ascending.
    package func intersection(_ other: SelectionVector) -> SelectionVector {
        preconditionFailure("filled in by the next commit")
    }

    /// Rows in either, once; both ascending.
    package func union(_ other: SelectionVector) -> SelectionVector {
        preconditionFailure("filled in by the next commit")
    }
}
