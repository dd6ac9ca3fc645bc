package import DemetraTypes

/// Puts the results of sub-selections back into one vector: CASE and COALESCE.
///
/// Safe because selected rows are checked against `count` before they index the output.
package enum BlendKernel {
    /// Row `selection.indices[j]` of the result is row j of the part's vector.
    ///
    /// Selections do not overlap; rows in no part are NULL; every vector has the physical type of
    /// `type` and one row per selected row.
    ///
    /// - Throws: 54000 when the texts together exceed 4 GiB.
    package static func blend(
        _ parts: [(SelectionVector, Vector)], type: LogicalType, count: Int
    ) throws(DemetraError) -> Vector {
        let parts = parts.filter { $0.0.count > 0 }
        guard let first = parts.first else { return .nulls(type, count: count) }
        // Ascending and complete: the part is the result.
        if parts.count == 1, first.0.count == count, first.0.isAll {
            return first.1.retyped(type)
        }
        let together = try Vector.concatenating(parts.map(\.1), type: type)
        let rows = BufferBuilder<Int32>(capacity: count)
        rows.pointer.update(repeating: -1, count: count)
        var start: Int32 = 0
        for (selection, vector) in parts {
            precondition(selection.count == vector.count, "a part needs a value per selected row")
            precondition(
                Int(largestUnsigned(selection.indices.pointer, selection.count)) < count,
                "a selected row is out of range")
            scatterPositions(
                selection.indices.pointer, start, rows.pointer, selection.count)
            start += Int32(selection.count)
        }
        return together.takingOptional(rows: rows.freeze(count: count))
    }
}

private func scatterPositions(
    _ rows: UnsafePointer<Int32>, _ start: Int32, _ output: UnsafeMutablePointer<Int32>,
    _ count: Int
) {
    for index in 0..<count {
        output[Int(truncatingIfNeeded: rows[index])] =
            start &+ Int32(truncatingIfNeeded: index)
    }
}
