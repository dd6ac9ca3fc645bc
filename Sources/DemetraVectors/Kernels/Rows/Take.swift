extension Vector {
    /// The selected rows, in the selection's order.
    ///
    /// A dictionary vector keeps its dictionary, a constant stays one, texts share the heap.
    package func taking(_ selection: SelectionVector) -> Vector { taking(rows: selection.indices) }

    /// Row `rows[i]` of this vector as row i; any order, repeats allowed, every index in 0..<count.
    package func taking(rows: Buffer<Int32>) -> Vector {
        preconditionFailure("filled in by the next commit")
    }

    /// As `taking(rows:)`, but a negative index gives NULL: the padded side of an outer join.
    package func takingOptional(rows: Buffer<Int32>) -> Vector {
        preconditionFailure("filled in by the next commit")
    }

    /// Rows `first ..< first + count`.
    package func slice(from first: Int, count: Int) -> Vector {
        preconditionFailure("filled in by the next commit")
    }
}

extension Batch {
    /// The selected rows of every column.
    package func taking(_ selection: SelectionVector) -> Batch {
        Batch(vectors.map { $0.taking(selection) }, count: selection.count)
    }

    /// The selected rows of the columns at `only`; the others become NULL constants, which keeps
    /// positions without moving values nobody reads.
    package func taking(_ selection: SelectionVector, only: Set<Int>) -> Batch {
        preconditionFailure("filled in by the next commit")
    }

    /// Rows `rows[i]` of every column.
    package func taking(rows: Buffer<Int32>) -> Batch {
        Batch(vectors.map { $0.taking(rows: rows) }, count: rows.count)
    }

    /// Rows `first ..< first + count` of every column.
    package func slice(from first: Int, count: Int) -> Batch {
        Batch(vectors.map { $0.slice(from: first, count: count) }, count: count)
    }
}

/// Gathers by index on bare buffers.
package enum TakeKernel {
    /// `map[codes[i]]` for every i.
    package static func codes(_ map: Buffer<Int32>, at codes: Buffer<Int32>) -> Buffer<Int32> {
        preconditionFailure("filled in by the next commit")
    }
}
