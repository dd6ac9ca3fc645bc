import DemetraTypes

/// What to do with the verdicts of a test over a column: bytes for an expression, rows for a filter.
protocol RowTestUse {
    associatedtype Result
    func run<Test: RowTest>(_ test: Test, _ elements: Buffer<Test.Element>) -> Result
    /// The verdict is the same for every row that is not NULL.
    func always(_ verdict: Bool) -> Result
    /// Verdicts computed row by row elsewhere.
    func run(verdicts: Buffer<UInt8>) -> Result
}

/// A byte for each row, 1 where the test holds; NULL rows hold whatever their filler gives.
struct VerdictBytes: RowTestUse {
    let count: Int

    func run<Test: RowTest>(_ test: Test, _ elements: Buffer<Test.Element>) -> Buffer<UInt8> {
        let output = BufferBuilder<UInt8>(capacity: count)
        testAll(test, elements.pointer, output.pointer, count)
        return output.freeze(count: count)
    }

    func always(_ verdict: Bool) -> Buffer<UInt8> {
        Buffer(repeating: verdict ? 1 : 0, count: count)
    }

    func run(verdicts: Buffer<UInt8>) -> Buffer<UInt8> { verdicts }
}

/// The rows where the test holds and that are not NULL.
///
/// Safe because output has room for each candidate and one more, and `within` was checked.
struct VerdictRows: RowTestUse {
    let count: Int
    let validity: ValidityMask?
    let within: SelectionVector?

    init(count: Int, validity: ValidityMask?, within: SelectionVector?) {
        if let within { FilterKernel.check(within, count) }
        self.count = count
        self.validity = validity
        self.within = within
    }

    func run<Test: RowTest>(_ test: Test, _ elements: Buffer<Test.Element>) -> SelectionVector {
        let words = validity?.words.pointer
        let output = BufferBuilder<Int32>(capacity: (within?.count ?? count) + 1)
        let written =
            if let within {
                selectWithin(
                    test, elements.pointer, words, within.indices.pointer, output.pointer,
                    within.count)
            } else {
                selectAll(test, elements.pointer, words, output.pointer, count)
            }
        return SelectionVector(output.freeze(count: written))
    }

    func always(_ verdict: Bool) -> SelectionVector {
        guard verdict else { return .empty }
        guard validity != nil else { return within ?? .all(count) }
        return run(verdicts: Buffer(repeating: 1, count: count))
    }

    func run(verdicts: Buffer<UInt8>) -> SelectionVector {
        FilterKernel.select(
            bytes: verdicts.pointer, count: count, validity: validity, within: within)
    }
}

extension ComparisonOperator {
    /// The operator with its operands exchanged: `a < b` is `b > a`.
    package var mirrored: ComparisonOperator {
        switch self {
        case .equal, .notEqual: self
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        }
    }

    /// Whether the operator holds for a comparison that came out negative, 0 or positive.
    @inline(__always)
    func holds(order: Int) -> Bool {
        switch self {
        case .equal: order == 0
        case .notEqual: order != 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        }
    }
}

/// `column op constant`: the constant's type and the operator are resolved here, once a batch.
struct ConstantComparison {
    let op: ComparisonOperator
    /// One row, flat, not NULL.
    let constant: Vector
    let memo: DictionaryMemo<UInt8>?

    func run<Use: RowTestUse>(_ column: Vector, _ use: Use) -> Use.Result {
        switch (column.storage, constant.storage) {
        case (.boolean(let left), .boolean(let right)):
            return use.run(RangeTest(op, right[0]), left)
        case (.int32(let left), .int32(let right)): return use.run(RangeTest(op, right[0]), left)
        case (.int64(let left), .int64(let right)): return use.run(RangeTest(op, right[0]), left)
        case (.float64(let left), .float64(let right)): return runDouble(left, right[0], use)
        case (.int128(let left), .int128(let right)):
            if let constant = Int64(exactly: right[0]), let narrow = left.narrowed() {
                return use.run(RangeTest(op, constant), narrow)
            }
            return use.run(RangeTest(op, right[0]), left)
        case (.decimal(let left), .decimal(let right)):
            let constant = right[0]
            return byRow(column.count, use) { left.pointer[$0].ordered(constant) }
        case (.interval(let left), .interval(let right)):
            let constant = right[0].comparableMicroseconds
            return byRow(column.count, use) { row in
                let length = left.pointer[row].comparableMicroseconds
                return length < constant ? -1 : one(length != constant)
            }
        case (.text(let left), .text(let right)):
            return use.run(verdicts: verdicts(left, right))
        case (.dictionary(let codes, let dictionary), .text(let right)):
            let verdicts =
                memo?.elements(for: dictionary) { self.verdicts($0.values, right) }
                ?? self.verdicts(dictionary.values, right)
            return Self.run(codes, verdicts, use)
        default: preconditionFailure("operands of different physical types")
        }
    }

    /// Looks the verdict of each row's code up.
    static func run<Use: RowTestUse>(
        _ codes: Buffer<Int32>, _ verdicts: Buffer<UInt8>, _ use: Use
    ) -> Use.Result {
        // An empty dictionary belongs to rows that are all NULL.
        if verdicts.count == 0 { return use.always(false) }
        precondition(
            Int(largestUnsigned(codes.pointer, codes.count)) < verdicts.count,
            "a code is outside its dictionary")
        return withExtendedLifetime(verdicts) {
            use.run(VerdictTest(verdicts: verdicts.pointer), codes)
        }
    }

    private func runDouble<Use: RowTestUse>(
        _ column: Buffer<Double>, _ constant: Double, _ use: Use
    ) -> Use.Result {
        if constant.isNaN {
            switch op {
            case .equal, .greaterOrEqual:
                return use.run(DoubleTest<DoubleIsNaN>(constant: constant), column)
            case .notEqual, .less:
                return use.run(DoubleTest<DoubleIsNumber>(constant: constant), column)
            case .lessOrEqual: return use.always(true)
            case .greater: return use.always(false)
            }
        }
        switch op {
        case .equal: return use.run(DoubleTest<DoubleEqual>(constant: constant), column)
        case .notEqual: return use.run(DoubleTest<DoubleNotEqual>(constant: constant), column)
        case .less: return use.run(DoubleTest<DoubleLess>(constant: constant), column)
        case .lessOrEqual:
            return use.run(DoubleTest<DoubleLessOrEqual>(constant: constant), column)
        case .greater: return use.run(DoubleTest<DoubleGreater>(constant: constant), column)
        case .greaterOrEqual:
            return use.run(DoubleTest<DoubleGreaterOrEqual>(constant: constant), column)
        }
    }

    /// For rare types: an order for each row, then the operator.
    private func byRow<Use: RowTestUse>(
        _ count: Int, _ use: Use, _ order: (Int) -> Int
    ) -> Use.Result {
        let output = BufferBuilder<UInt8>(capacity: count)
        for row in 0..<count { output.pointer[row] = byte(op.holds(order: order(row))) }
        return use.run(verdicts: output.freeze(count: count))
    }

    private func verdicts(_ texts: TextBuffer, _ constant: TextBuffer) -> Buffer<UInt8> {
        let count = texts.references.count
        let output = BufferBuilder<UInt8>(capacity: count)
        let reference = constant.references[0]
        let bytes = constant.heap.pointer + Int(reference.offset)
        if op == .equal || op == .notEqual {
            equalToConstant(
                texts.references.pointer, texts.heap.pointer, bytes, reference.byteCount,
                byte(op == .notEqual), output.pointer, count)
        } else {
            for row in 0..<count {
                let text = texts.references.pointer[row]
                let order = orderBytes(
                    texts.heap.pointer + Int(text.offset), text.byteCount, bytes,
                    reference.byteCount)
                output.pointer[row] = byte(op.holds(order: order))
            }
        }
        return output.freeze(count: count)
    }
}

private func equalToConstant(
    _ references: UnsafePointer<TextReference>, _ heap: UnsafePointer<UInt8>,
    _ constant: UnsafePointer<UInt8>, _ byteCount: UInt32, _ flip: UInt8,
    _ output: UnsafeMutablePointer<UInt8>, _ count: Int
) {
    for row in 0..<count {
        let text = references[row]
        let isEqual = equalBytes(heap + Int(text.offset), text.byteCount, constant, byteCount)
        output[row] = byte(isEqual) ^ flip
    }
}
