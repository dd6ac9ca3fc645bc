import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// ASOF JOIN: for each left row the right row with equal keys whose last key is nearest on the asked
/// side (`left >= right` takes the greatest right value that is not greater). Among equal values the
/// last row wins.
struct AsofJoinOperator: PhysicalOperator {
    let left: any PhysicalOperator
    let right: any PhysicalOperator
    /// Equality keys first, the ordered one last.
    let leftKeys: ExpressionProgram
    let rightKeys: ExpressionProgram
    let comparison: Comparison
    let keepsUnmatched: Bool
    let layout: ColumnLayout

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        let rows = try context.collect(try right.open(context), for: "join")
        let types = right.layout.types
        let count = rows.rowCount
        let columns =
            count == 0 ? types.map { Vector([], type: $0) } : try rows.columns(types: types)
        let index = try AsofIndex(
            columns: columns, count: count, keys: rightKeys, comparison: comparison, context)
        return try left.open(context).adding(Stage(join: self, index: index, context: context))
    }

    private struct Stage: StreamStage {
        let join: AsofJoinOperator
        let index: AsofIndex
        let context: ExecutionContext

        func makeConsumer(_ next: any BatchConsumer) -> any BatchConsumer {
            Probe(self, next)
        }
    }

    private final class Probe: BatchConsumer {
        private let stage: Stage
        private let keys: ExpressionEvaluator
        private let next: any BatchConsumer

        init(_ stage: Stage, _ next: any BatchConsumer) {
            self.stage = stage
            keys = ExpressionEvaluator(stage.join.leftKeys, stage.context)
            self.next = next
        }

        var wantsMore: Bool { next.wantsMore }

        func consume(_ batch: Batch) throws(DemetraError) {
            let values = try keys.evaluate(batch)
            let partners = stage.index.partners(values, count: batch.count)
            var left: [Int32] = []
            var right: [Int32] = []
            for row in 0..<batch.count where stage.join.keepsUnmatched || partners[row] >= 0 {
                left.append(Int32(row))
                right.append(partners[row])
            }
            guard !left.isEmpty else { return }
            let (leftRows, rightRows) = (Buffer(left), Buffer(right))
            let vectors =
                batch.vectors.map { $0.taking(rows: leftRows) }
                + stage.index.columns.map { $0.takingOptional(rows: rightRows) }
            try next.consume(Batch(vectors, count: left.count))
        }
    }
}

/// The right side of an ASOF join: rows of equal keys side by side, ordered.
// Immutable after init.
struct AsofIndex: Sendable {
    let columns: [Vector]
    private let table: JoinTable?
    private let order: Buffer<Int32>
    private let images: [Int64]
    private let ends: [Int]
    private let starts: [Int]
    private let comparison: Comparison

    init(
        columns: [Vector], count: Int, keys: ExpressionProgram, comparison: Comparison,
        _ context: ExecutionContext
    ) throws(DemetraError) {
        self.columns = columns
        self.comparison = comparison
        let values = try ExpressionEvaluator(keys, context).evaluate(Batch(columns, count: count))
        let equal = Array(values.dropLast())
        let time = values[values.count - 1]
        let valid = FilterKernel.select(LogicKernel.not(LogicKernel.isNull(time)), within: nil)
        let rows = valid.indices
        var groups = Buffer<Int32>(repeating: 0, count: rows.count)
        var table: JoinTable?
        if !equal.isEmpty {
            let grouping = GroupTable(keyTypes: equal.map(\.type))
            let parts = equal.map { $0.taking(rows: rows) }
            var numbers: [Int32] = []
            for (start, length) in BatchRanges(rows.count) {
                let slice = parts.map { $0.slice(from: start, count: length) }
                numbers += try grouping.assign(slice, count: length).array
            }
            groups = Buffer(numbers)
            let keyVectors = grouping.keyVectors()
            table = try JoinTable(
                keys: keyVectors, rowCount: grouping.groupCount,
                nullsMatch: equal.map { _ in false })
        }
        let image = OrderedImage.images(of: time.taking(rows: rows))
        let sortKeys = [
            SortKey(
                Vector(type: .integer, count: rows.count, storage: .int32(groups)),
                descending: false, nullsFirst: false),
            SortKey(
                Vector(type: .bigint, count: rows.count, storage: .int64(Buffer(image))),
                descending: false, nullsFirst: false),
        ]
        let permutation = SortKernel.permutation(sortKeys, count: rows.count)
        order = TakeKernel.codes(rows, at: permutation)
        images = (0..<permutation.count).map { image[Int(permutation[$0])] }
        let sorted = TakeKernel.codes(groups, at: permutation)
        var starts: [Int] = []
        var ends: [Int] = []
        for index in 0..<sorted.count where index == 0 || sorted[index] != sorted[index - 1] {
            if index > 0 { ends.append(index) }
            while starts.count <= Int(sorted[index]) { starts.append(index) }
        }
        if sorted.count > 0 { ends.append(sorted.count) }
        self.starts = starts
        self.ends = ends
        self.table = table
    }

    /// For each row the position of its partner in `columns`, or -1.
    func partners(_ values: [Vector], count: Int) -> [Int32] {
        var result = [Int32](repeating: -1, count: count)
        let time = values[values.count - 1]
        let image = OrderedImage.images(of: time)
        var groups = [Int32](repeating: ends.isEmpty ? -1 : 0, count: count)
        if let table {
            groups =
                JoinProbe(table).firstMatches(
                    keys: Array(values.dropLast()), count: count
                ).array
        }
        for row in 0..<count where groups[row] >= 0 && time.isValid(row) {
            let group = Int(groups[row])
            guard group < starts.count else { continue }
            if let position = nearest(image[row], starts[group], ends[group]) {
                result[row] = order[position]
            }
        }
        return result
    }

    /// The position of the nearest image in a sorted run, on the side the comparison asks for.
    private func nearest(_ value: Int64, _ start: Int, _ end: Int) -> Int? {
        /// First position whose image is greater (or not smaller) than the value.
        func bound(orEqual: Bool) -> Int {
            var (low, high) = (start, end)
            while low < high {
                let middle = (low + high) / 2
                let isBelow = orEqual ? images[middle] <= value : images[middle] < value
                if isBelow { low = middle + 1 } else { high = middle }
            }
            return low
        }
        switch comparison {
        case .greaterOrEqual, .greater:
            let position = bound(orEqual: comparison == .greaterOrEqual) - 1
            return position >= start ? position : nil
        default:
            var position = bound(orEqual: comparison == .less)
            guard position < end else { return nil }
            // Equal values: the last of them.
            while position + 1 < end, images[position + 1] == images[position] { position += 1 }
            return position
        }
    }
}

/// Integers that sort as the values of a vector do.
enum OrderedImage {
    static func images(of vector: Vector) -> [Int64] {
        let flat = vector.flattened()
        switch flat.storage {
        case .int32(let buffer): return buffer.array.map { Int64($0) }
        case .int64(let buffer): return buffer.array
        case .float64(let buffer):
            return buffer.array.map { value in
                let bits = Int64(bitPattern: (value == 0 ? 0 : value).bitPattern)
                return bits >= 0 ? bits : bits ^ Int64.max
            }
        default:
            return (0..<flat.count).map { index in
                if case .numeric(let decimal) = flat.value(at: index) {
                    return decimal.unscaled.narrow.map { Int64(clamping: $0) }
                        ?? (decimal.unscaled.isNegative ? .min : .max)
                }
                return 0
            }
        }
    }
}
