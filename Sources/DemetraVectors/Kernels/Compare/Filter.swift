/// From booleans to selections.
package enum FilterKernel {
    /// The rows where `boolean` is true, neither false nor NULL.
    ///
    /// With `within`, only those of its rows; `boolean` still has a row for every row of the batch.
    package static func select(_ boolean: Vector, within: SelectionVector?) -> SelectionVector {
        switch boolean.storage {
        case .boolean(let bytes):
            return select(
                bytes: bytes.pointer, count: boolean.count, validity: boolean.validity,
                within: within)
        case .constant(let box):
            guard case .boolean(let bytes) = box.vector.storage else {
                preconditionFailure("a filter needs booleans")
            }
            let isTrue = box.vector.validity == nil && bytes[0] != 0
            return isTrue ? within ?? .all(boolean.count) : .empty
        default: preconditionFailure("a filter needs booleans")
        }
    }

    /// The rows whose byte is 1 and that are valid.
    ///
    /// Safe because output has room for every candidate row, and rows of `within` are checked.
    static func select(
        bytes: UnsafePointer<UInt8>, count: Int, validity: ValidityMask?,
        within: SelectionVector?
    ) -> SelectionVector {
        let capacity = within?.count ?? count
        let builder = BufferBuilder<Int32>(capacity: capacity + 1)
        let output = builder.pointer
        let words = validity?.words.pointer
        let written: Int
        if let within {
            check(within, count)
            written = selectTrueWithin(
                bytes, words, within.indices.pointer, within.count, output)
        } else if let words {
            written = selectTrueValid(bytes, words, count, output)
        } else {
            written = selectTrue(bytes, count, output)
        }
        return SelectionVector(builder.freeze(count: written))
    }

    /// Stops when a selected row is outside the batch.
    static func check(_ within: SelectionVector, _ count: Int) {
        precondition(
            within.count == 0
                || Int(largestUnsigned(within.indices.pointer, within.count)) < count,
            "a selected row is out of range")
    }
}

extension SelectionVector {
    /// No rows.
    package static let empty = SelectionVector(Buffer([]))
}

private func selectTrue(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, _ output: UnsafeMutablePointer<Int32>
) -> Int {
    var written = 0
    for row in 0..<count {
        output[written] = Int32(truncatingIfNeeded: row)
        written &+= Int(truncatingIfNeeded: bytes[row] & 1)
    }
    return written
}

private func selectTrueValid(
    _ bytes: UnsafePointer<UInt8>, _ words: UnsafePointer<UInt64>, _ count: Int,
    _ output: UnsafeMutablePointer<Int32>
) -> Int {
    var written = 0
    for row in 0..<count {
        output[written] = Int32(truncatingIfNeeded: row)
        written &+= Int(truncatingIfNeeded: bytes[row] & isSet(words, row))
    }
    return written
}

private func selectTrueWithin(
    _ bytes: UnsafePointer<UInt8>, _ words: UnsafePointer<UInt64>?,
    _ rows: UnsafePointer<Int32>, _ count: Int, _ output: UnsafeMutablePointer<Int32>
) -> Int {
    var written = 0
    guard let words else {
        for index in 0..<count {
            let row = rows[index]
            output[written] = row
            written &+= Int(truncatingIfNeeded: bytes[Int(truncatingIfNeeded: row)] & 1)
        }
        return written
    }
    for index in 0..<count {
        let row = rows[index]
        let position = Int(truncatingIfNeeded: row)
        output[written] = row
        written &+= Int(truncatingIfNeeded: bytes[position] & isSet(words, position))
    }
    return written
}
