package import DemetraTypes

/// Equally long vectors: what flows between operators.
// Immutable after init.
package struct Batch: Sendable {
    /// The most rows a batch has between operators.
    ///
    /// 2,048 rows of 8 bytes are 16 KiB: a dozen columns stay in the second-level cache.
    package static let capacity = 2_048

    /// The columns.
    package let vectors: [Vector]
    /// The number of rows; also set when there are no columns.
    package let count: Int

    /// Makes a batch; every vector has `count` rows.
    package init(_ vectors: [Vector], count: Int) {
        assert(vectors.allSatisfy { $0.count == count }, "vectors of different length")
        self.vectors = vectors
        self.count = count
    }

    /// The values of one row; for tests and small results.
    package func row(_ index: Int) -> [Value] { vectors.map { $0.value(at: index) } }
}

/// The rows of a vector or batch that survive a filter, ascending unless a sort made them.
package struct SelectionVector: Sendable {
    /// Row indices.
    package let indices: Buffer<Int32>

    /// Wraps row indices.
    package init(_ indices: Buffer<Int32>) { self.indices = indices }

    /// The number of surviving rows.
    package var count: Int { indices.count }
}
