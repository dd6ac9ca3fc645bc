import DemetraFunctions
import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// Computes one window call over sorted rows.
struct WindowComputation {
    let call: CompiledWindowCall
    let window: SortedWindow
    /// Arguments in sorted order, then the FILTER condition.
    let inputs: [Vector]
    let context: ExecutionContext

    /// One value per sorted row.
    func result() throws(DemetraError) -> Vector {
        switch call.function {
        case .aggregate(let function):
            return try WindowAggregate(computation: self, function: function).result()
        case .window(let function):
            switch function.kind {
            case .rowNumber, .rank, .denseRank, .percentRank, .cumeDist: return ranks(function.kind)
            case .ntile: return try ntile()
            case .lag: return try shifted(by: -1)
            case .lead: return try shifted(by: 1)
            case .firstValue, .lastValue, .nthValue: return try framed(function.kind)
            }
        }
    }

    private func ranks(_ kind: WindowFunction.Kind) -> Vector {
        var integers: [Int64] = []
        var doubles: [Double] = []
        var dense: Int64 = 0
        for row in 0..<window.count {
            let start = Int(window.partitionStart[row])
            let size = Int(window.partitionEnd[row]) - start
            if row == start { dense = 0 }
            if row == Int(window.peerStart[row]) { dense += 1 }
            let rank = Int(window.peerStart[row]) - start + 1
            switch kind {
            case .rowNumber: integers.append(Int64(row - start + 1))
            case .rank: integers.append(Int64(rank))
            case .denseRank: integers.append(dense)
            case .percentRank:
                doubles.append(size <= 1 ? 0 : Double(rank - 1) / Double(size - 1))
            default:
                doubles.append(Double(Int(window.peerEnd[row]) - start) / Double(size))
            }
        }
        if kind == .percentRank || kind == .cumeDist {
            return Vector(type: .double, count: window.count, storage: .float64(Buffer(doubles)))
        }
        return Vector(type: .bigint, count: window.count, storage: .int64(Buffer(integers)))
    }

    private func ntile() throws(DemetraError) -> Vector {
        var result: [Value] = []
        for row in 0..<window.count {
            let start = Int(window.partitionStart[row])
            let size = Int(window.partitionEnd[row]) - start
            guard case .integer(let wanted) = inputs[0].value(at: start) else {
                result.append(.null)
                continue
            }
            guard wanted > 0 else {
                throw DemetraError(
                    .invalidArgumentForNtile, "argument of ntile must be greater than zero")
            }
            let buckets = Int(wanted)
            let (small, larger) = (size / buckets, size % buckets)
            let index = row - start
            // The first `larger` buckets hold one row more.
            let border = larger * (small + 1)
            let bucket =
                index < border ? index / (small + 1) : larger + (index - border) / max(small, 1)
            result.append(.integer(Int64(bucket + 1)))
        }
        return Vector(result, type: .integer)
    }

    private func shifted(by direction: Int) throws(DemetraError) -> Vector {
        var rows = [Int32](repeating: -1, count: window.count)
        var missing: [Int32] = []
        for row in 0..<window.count {
            var offset = 1
            if inputs.count > 1, call.argumentCount > 1 {
                guard case .integer(let given) = inputs[1].value(at: row) else { continue }
                offset = Int(given)
            }
            let target = row + direction * offset
            if target >= Int(window.partitionStart[row]), target < Int(window.partitionEnd[row]) {
                rows[row] = Int32(target)
            } else {
                missing.append(Int32(row))
            }
        }
        let values = inputs[0].takingOptional(rows: Buffer(rows))
        guard call.argumentCount > 2, !missing.isEmpty else { return values }
        let absent = SelectionVector(Buffer(missing))
        let present = absent.complement(count: window.count)
        return try BlendKernel.blend(
            [(present, values.taking(present)), (absent, inputs[2].taking(absent))],
            type: call.type, count: window.count)
    }

    private func framed(_ kind: WindowFunction.Kind) throws(DemetraError) -> Vector {
        let frames = try WindowFrames(computation: self)
        var rows = [Int32](repeating: -1, count: window.count)
        for row in 0..<window.count {
            var position = 1
            if kind == .nthValue {
                guard case .integer(let wanted) = inputs[1].value(at: row) else { continue }
                guard wanted > 0 else {
                    throw DemetraError(
                        .invalidParameterValue, "argument of nth_value must be greater than zero")
                }
                position = Int(wanted)
            }
            let ranges = frames.ranges(row)
            if kind == .lastValue {
                if let last = ranges.last(where: { !$0.isEmpty }) {
                    rows[row] = Int32(last.upperBound - 1)
                }
                continue
            }
            for range in ranges where !range.isEmpty {
                if position <= range.count {
                    rows[row] = Int32(range.lowerBound + position - 1)
                    break
                }
                position -= range.count
            }
        }
        return inputs[0].takingOptional(rows: Buffer(rows))
    }
}
