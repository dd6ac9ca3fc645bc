package import DemetraTypes

/// Puts the results of sub-selections back into one vector: CASE and COALESCE.
package enum BlendKernel {
    /// Row `selection.indices[j]` of the result is row j of the part's vector.
    ///
    /// Selections do not overlap; rows in no part are NULL; every vector has the physical type of
    /// `type` and one row per selected row.
    ///
    /// - Throws: 54000 when the texts together exceed 4 GiB.
    package static func blend(
        _ parts: [(SelectionVector, Vector)], type: LogicalType, count: Int
    ) throws(DemetraError) -> Vector { preconditionFailure("filled in by the next commit") }
}
