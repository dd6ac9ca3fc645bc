import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// The rows each row's frame holds, as up to three ascending ranges (EXCLUDE cuts holes).
struct WindowFrames {
    private let window: SortedWindow
    private let frame: CompiledFrame
    private let starts: [Int32]
    private let ends: [Int32]

    init(computation: WindowComputation) throws(DemetraError) {
        window = computation.window
        frame = computation.call.frame
        let resolver = FrameBoundResolver(
            window: window, frame: frame, context: computation.context)
        starts = try resolver.positions(frame.start, isStart: true)
        ends = try resolver.positions(frame.end, isStart: false)
    }

    /// True when each frame begins where its partition does and only grows from row to row.
    var growsFromPartitionStart: Bool {
        guard case .none = frame.exclusion, case .unboundedPreceding = frame.start else {
            return false
        }
        return true
    }

    /// The frame without its exclusion.
    func bounds(_ row: Int) -> Range<Int> {
        let start = Int(starts[row])
        return start..<max(start, Int(ends[row]))
    }

    /// The frame of a row.
    func ranges(_ row: Int) -> [Range<Int>] {
        let whole = bounds(row)
        let peers = Int(window.peerStart[row])..<Int(window.peerEnd[row])
        switch frame.exclusion {
        case .none: return [whole]
        case .currentRow: return Self.cut(whole, row..<(row + 1))
        case .group: return Self.cut(whole, peers)
        case .ties:
            let before = Self.cut(whole, peers)
            guard whole.contains(row) else { return before }
            return (before + [row..<(row + 1)]).sorted { $0.lowerBound < $1.lowerBound }
        }
    }

    private static func cut(_ whole: Range<Int>, _ hole: Range<Int>) -> [Range<Int>] {
        let first = whole.lowerBound..<max(whole.lowerBound, min(whole.upperBound, hole.lowerBound))
        let lower = min(max(whole.lowerBound, hole.upperBound), whole.upperBound)
        return [first, lower..<whole.upperBound]
    }
}

/// Turns frame bounds into positions.
struct FrameBoundResolver {
    let window: SortedWindow
    let frame: CompiledFrame
    let context: ExecutionContext

    /// For each row where the frame starts, or behind which row it ends.
    func positions(
        _ bound: CompiledFrame.Bound, isStart: Bool
    ) throws(DemetraError) -> [Int32] {
        switch bound {
        case .unboundedPreceding: return window.partitionStart
        case .unboundedFollowing: return window.partitionEnd
        case .currentRow:
            if frame.unit == .rows {
                return (0..<window.count).map { Int32(isStart ? $0 : $0 + 1) }
            }
            return isStart ? window.peerStart : window.peerEnd
        case .preceding(let program):
            return try offset(program, direction: -1, isStart: isStart)
        case .following(let program): return try offset(program, direction: 1, isStart: isStart)
        }
    }

    private func offset(
        _ program: ExpressionProgram, direction: Int, isStart: Bool
    ) throws(DemetraError) -> [Int32] {
        let constant = try ExpressionEvaluator(program, context)
            .evaluateOne(Batch([], count: 1))
        switch frame.unit {
        case .rows:
            let distance = try count(constant)
            return (0..<window.count).map { row in
                clamp(row + direction * distance + (isStart ? 0 : 1), row)
            }
        case .groups: return groups(try count(constant), direction, isStart)
        case .range: return try range(constant, direction, isStart)
        }
    }

    private func count(_ constant: Vector) throws(DemetraError) -> Int {
        guard case .integer(let distance) = constant.value(at: 0), distance >= 0 else {
            throw DemetraError(
                .invalidWindowFrameOffset, "frame starting or ending offset must not be negative")
        }
        return Int(min(distance, Int64(Int32.max)))
    }

    private func clamp(_ position: Int, _ row: Int) -> Int32 {
        min(max(Int32(clamping: position), window.partitionStart[row]), window.partitionEnd[row])
    }

    private func groups(_ distance: Int, _ direction: Int, _ isStart: Bool) -> [Int32] {
        // The peer groups in order, and the number of each row's group.
        var borders: [Int32] = []
        var number = [Int](repeating: 0, count: window.count)
        for row in 0..<window.count {
            if Int(window.peerStart[row]) == row { borders.append(Int32(row)) }
            number[row] = borders.count - 1
        }
        borders.append(Int32(window.count))
        return (0..<window.count).map { row in
            let group = number[row] + direction * distance + (isStart ? 0 : 1)
            if group < 0 { return window.partitionStart[row] }
            if group >= borders.count { return window.partitionEnd[row] }
            return clamp(Int(borders[group]), row)
        }
    }

    /// RANGE with an offset: the first row whose key is within reach, by binary search.
    private func range(
        _ constant: Vector, _ direction: Int, _ isStart: Bool
    ) throws(DemetraError) -> [Int32] {
        guard let key = window.orderKeys.first else { return window.partitionStart }
        let count = window.count
        let repeated = Vector.constant(constant, count: count)
        // Descending keys run backwards: PRECEDING adds.
        let adds = (direction > 0) != key.descending
        let limits = try shift(key.vector, repeated, adds: adds)
        var result: [Int32] = []
        for row in 0..<count {
            if !key.vector.isValid(row) {
                result.append(isStart ? window.peerStart[row] : window.peerEnd[row])
                continue
            }
            result.append(search(key, limits, row, isStart: isStart))
        }
        return result
    }

    private func shift(
        _ values: Vector, _ offset: Vector, adds: Bool
    ) throws(DemetraError) -> Vector {
        if case .interval(let interval) = offset.value(at: 0), interval.isNegative {
            throw DemetraError(
                .invalidWindowFrameOffset, "invalid preceding or following size in window function")
        }
        let type: LogicalType =
            values.type == .date && offset.type == .interval ? .timestamp : values.type
        return try ArithmeticKernel.evaluate(adds ? .add : .subtract, values, offset, type)
    }

    private func search(_ key: SortKey, _ limits: Vector, _ row: Int, isStart: Bool) -> Int32 {
        var low = Int(window.partitionStart[row])
        var high = Int(window.partitionEnd[row])
        let limit = limits.value(at: row)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(key, middle, limit, isStart: isStart) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return Int32(low)
    }

    /// Whether the row lies before the border: NULLs lie where the sort put them.
    private func isBefore(_ key: SortKey, _ row: Int, _ limit: Value, isStart: Bool) -> Bool {
        guard key.vector.isValid(row) else { return key.nullsFirst }
        let order = ValueOrder.compare(key.vector.value(at: row), limit)
        let ascending = key.descending ? -order : order
        return isStart ? ascending < 0 : ascending <= 0
    }
}
