import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// An aggregate over window frames.
///
/// A frame that only grows from the start of its partition is fed to one accumulator row by row; whole
/// partitions are computed once; any other frame is computed anew for each row, and once for rows with
/// equal frames.
struct WindowAggregate {
    let computation: WindowComputation
    let function: AggregateFunction

    private var window: SortedWindow { computation.window }

    func result() throws(DemetraError) -> Vector {
        let frames = try WindowFrames(computation: computation)
        var parts: [Vector] = []
        parts.reserveCapacity(window.count)
        if frames.growsFromPartitionStart {
            try growing(frames, &parts)
        } else {
            try sliding(frames, &parts)
        }
        return try Vector.concatenating(parts, type: computation.call.type)
    }

    private func accumulator() -> any AggregateAccumulator {
        let types = computation.inputs[..<computation.call.argumentCount].map(\.type)
        let accumulator = function.makeAccumulator(types, computation.call.type)
        accumulator.resize(groupCount: 1)
        return accumulator
    }

    /// Takes rows of a range in, those that FILTER lets pass.
    private func update(
        _ accumulator: any AggregateAccumulator, _ range: Range<Int>
    ) throws(DemetraError) {
        var start = range.lowerBound
        while start < range.upperBound {
            let count = min(Batch.capacity, range.upperBound - start)
            var vectors = computation.inputs.map { $0.slice(from: start, count: count) }
            var rows = count
            if computation.call.hasFilter, let condition = vectors.popLast() {
                let selection = FilterKernel.select(condition, within: nil)
                vectors = vectors.map { $0.taking(selection) }
                rows = selection.count
            }
            if rows > 0 { try accumulator.update(vectors, groups: .one(0), count: rows) }
            start += count
        }
    }

    private func growing(_ frames: WindowFrames, _ parts: inout [Vector]) throws(DemetraError) {
        var state = accumulator()
        var done = 0
        var row = 0
        while row < window.count {
            if row % Batch.capacity == 0 { try computation.context.cancellation.check() }
            if row == Int(window.partitionStart[row]) {
                state = accumulator()
                done = row
            }
            let end = frames.bounds(row).upperBound
            if end > done {
                try update(state, done..<end)
                done = end
            }
            // Rows with the same end (peers, or the whole partition) share the result.
            var last = row + 1
            while last < window.count, last < Int(window.partitionEnd[row]),
                frames.bounds(last).upperBound == end
            {
                last += 1
            }
            parts.append(.constant(try state.finish(groupCount: 1), count: last - row))
            row = last
        }
    }

    private func sliding(_ frames: WindowFrames, _ parts: inout [Vector]) throws(DemetraError) {
        var previous: (ranges: [Range<Int>], value: Vector)?
        for row in 0..<window.count {
            if row % Batch.capacity == 0 { try computation.context.cancellation.check() }
            let ranges = frames.ranges(row)
            if let previous, previous.ranges == ranges {
                parts.append(previous.value)
                continue
            }
            let state = accumulator()
            for range in ranges where !range.isEmpty { try update(state, range) }
            let value = try state.finish(groupCount: 1)
            previous = (ranges, value)
            parts.append(value)
        }
    }
}
