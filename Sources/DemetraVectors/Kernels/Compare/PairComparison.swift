import DemetraTypes

/// `left op right` for two columns: a byte for each row, blind to NULLs.
///
/// Every operator is one of three loops - equal, less, not less - with operands exchanged and the
/// byte flipped, so that each type needs only two loops.
///
/// Safe because both columns have `count` rows and codes are checked by `flattened`.
struct PairComparison {
    let op: ComparisonOperator
    let count: Int

    func verdicts(_ left: Vector, _ right: Vector) -> Buffer<UInt8> {
        if let (a, first) = left.dictionary, let (b, second) = right.dictionary,
            first === second, op == .equal || op == .notEqual
        {
            return integers(a, b)
        }
        let (left, right) = (left.flattened(), right.flattened())
        switch (left.storage, right.storage) {
        case (.boolean(let a), .boolean(let b)): return integers(a, b)
        case (.int32(let a), .int32(let b)): return integers(a, b)
        case (.int64(let a), .int64(let b)): return integers(a, b)
        case (.int128(let a), .int128(let b)): return integers(a, b)
        case (.float64(let a), .float64(let b)): return doubles(a, b)
        case (.decimal(let a), .decimal(let b)):
            return byRow { a.pointer[$0].ordered(b.pointer[$0]) }
        case (.interval(let a), .interval(let b)):
            return byRow { row in
                let (x, y) = (
                    a.pointer[row].comparableMicroseconds, b.pointer[row].comparableMicroseconds
                )
                return x < y ? -1 : one(x != y)
            }
        case (.text(let a), .text(let b)): return texts(a, b)
        default: preconditionFailure("operands of different physical types")
        }
    }

    private func integers<Element: FixedWidthInteger & BitwiseCopyable>(
        _ left: Buffer<Element>, _ right: Buffer<Element>
    ) -> Buffer<UInt8> {
        let output = BufferBuilder<UInt8>(capacity: count)
        let (a, b) = (left.pointer, right.pointer)
        switch op {
        case .equal: equalPairs(a, b, 0, output.pointer, count)
        case .notEqual: equalPairs(a, b, 1, output.pointer, count)
        case .less: lessPairs(a, b, 0, output.pointer, count)
        case .greaterOrEqual: lessPairs(a, b, 1, output.pointer, count)
        case .greater: lessPairs(b, a, 0, output.pointer, count)
        case .lessOrEqual: lessPairs(b, a, 1, output.pointer, count)
        }
        return output.freeze(count: count)
    }

    private func doubles(_ left: Buffer<Double>, _ right: Buffer<Double>) -> Buffer<UInt8> {
        let output = BufferBuilder<UInt8>(capacity: count)
        let (a, b) = (left.pointer, right.pointer)
        switch op {
        case .equal: equalDoubles(a, b, 0, output.pointer, count)
        case .notEqual: equalDoubles(a, b, 1, output.pointer, count)
        case .less: lessDoubles(a, b, 0, output.pointer, count)
        case .greaterOrEqual: lessDoubles(a, b, 1, output.pointer, count)
        case .greater: lessDoubles(b, a, 0, output.pointer, count)
        case .lessOrEqual: lessDoubles(b, a, 1, output.pointer, count)
        }
        return output.freeze(count: count)
    }

    private func texts(_ left: TextBuffer, _ right: TextBuffer) -> Buffer<UInt8> {
        let (a, b) = (left.references.pointer, right.references.pointer)
        let (aHeap, bHeap) = (left.heap.pointer, right.heap.pointer)
        if op == .equal || op == .notEqual {
            return byRow { row in
                one(
                    !equalBytes(
                        aHeap + Int(a[row].offset), a[row].byteCount,
                        bHeap + Int(b[row].offset), b[row].byteCount))
            }
        }
        return byRow { row in
            orderBytes(
                aHeap + Int(a[row].offset), a[row].byteCount, bHeap + Int(b[row].offset),
                b[row].byteCount)
        }
    }

    @inline(__always)
    private func byRow(_ order: (Int) -> Int) -> Buffer<UInt8> {
        let output = BufferBuilder<UInt8>(capacity: count)
        for row in 0..<count { output.pointer[row] = byte(op.holds(order: order(row))) }
        return output.freeze(count: count)
    }
}

private func equalPairs<Element: FixedWidthInteger & BitwiseCopyable>(
    _ left: UnsafePointer<Element>, _ right: UnsafePointer<Element>, _ flip: UInt8,
    _ output: UnsafeMutablePointer<UInt8>, _ count: Int
) {
    for row in 0..<count { output[row] = byte(left[row] == right[row]) ^ flip }
}

private func lessPairs<Element: FixedWidthInteger & BitwiseCopyable>(
    _ left: UnsafePointer<Element>, _ right: UnsafePointer<Element>, _ flip: UInt8,
    _ output: UnsafeMutablePointer<UInt8>, _ count: Int
) {
    for row in 0..<count { output[row] = byte(left[row] < right[row]) ^ flip }
}

private func equalDoubles(
    _ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, _ flip: UInt8,
    _ output: UnsafeMutablePointer<UInt8>, _ count: Int
) {
    for row in 0..<count { output[row] = byte(isEqual(left[row], right[row])) ^ flip }
}

private func lessDoubles(
    _ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, _ flip: UInt8,
    _ output: UnsafeMutablePointer<UInt8>, _ count: Int
) {
    for row in 0..<count { output[row] = byte(isLess(left[row], right[row])) ^ flip }
}
