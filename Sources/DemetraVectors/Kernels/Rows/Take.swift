// Safe because the largest of all row numbers, read as unsigned, is below the count.

extension Vector {
    /// The selected rows, in the selection's order.
    ///
    /// A dictionary vector keeps its dictionary, a constant stays one, texts share the heap.
    package func taking(_ selection: SelectionVector) -> Vector { taking(rows: selection.indices) }

    /// Row `rows[i]` of this vector as row i; any order, repeats allowed, every index in 0..<count.
    package func taking(rows: Buffer<Int32>) -> Vector {
        if case .constant = storage {
            return Vector(type: type, count: rows.count, storage: storage)
        }
        precondition(
            rows.count == 0 || Int(largestUnsigned(rows.pointer, rows.count)) < count,
            "a row to take is out of range")
        return Vector(
            type: type, count: rows.count, validity: validity?.gathered(rows),
            storage: storage.transformed(by: Gather(rows: rows)))
    }

    /// As `taking(rows:)`, but a negative index gives NULL: the padded side of an outer join.
    package func takingOptional(rows: Buffer<Int32>) -> Vector {
        let unsigned = largestUnsigned(rows.pointer, rows.count)
        if unsigned <= UInt32(Int32.max) { return taking(rows: rows) }
        let largest = Int(largestSigned(rows.pointer, rows.count))
        precondition(largest < count, "a row to take is out of range")
        // All NULL: also keeps codes of an empty dictionary from being made.
        if largest < 0 { return .nulls(type, count: rows.count) }
        let source = withoutConstant()
        let mask =
            source.validity
            ?? ValidityMask(
                words: Buffer(repeating: ~UInt64(0), count: (count + 63) / 64), count: count)
        return Vector(
            type: type, count: rows.count, validity: mask.gathered(rows),
            storage: source.storage.transformed(by: GatherOptional(rows: rows)))
    }

    /// Rows `first ..< first + count`.
    package func slice(from first: Int, count: Int) -> Vector {
        precondition(first >= 0 && count >= 0 && first + count <= self.count, "slice out of range")
        if first == 0, count == self.count { return self }
        return Vector(
            type: type, count: count, validity: validity?.slice(from: first, count: count),
            storage: storage.transformed(by: Slice(first: first, count: count)))
    }
}

extension Batch {
    /// The selected rows of every column.
    package func taking(_ selection: SelectionVector) -> Batch { taking(rows: selection.indices) }

    /// The selected rows of the columns at `only`; the others become NULL constants, which keeps
    /// positions without moving values nobody reads.
    package func taking(_ selection: SelectionVector, only: Set<Int>) -> Batch {
        let taken = vectors.indices.map { index in
            only.contains(index)
                ? vectors[index].taking(selection)
                : .nulls(vectors[index].type, count: selection.count)
        }
        return Batch(taken, count: selection.count)
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
    /// `map[codes[i]]` for every i; every code in 0..<map.count.
    package static func codes(_ map: Buffer<Int32>, at codes: Buffer<Int32>) -> Buffer<Int32> {
        precondition(
            codes.count == 0 || Int(largestUnsigned(codes.pointer, codes.count)) < map.count,
            "a code is out of range")
        return Gather(rows: codes).transform(map)
    }
}
