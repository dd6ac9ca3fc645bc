import DemetraTypes
import DemetraVectors

/// Makes row groups for a segment out of neighbouring ones: hidden rows are dropped, small groups joined.
struct GroupMerger {
    /// A group with this many rows, none of them hidden, goes on as it is.
    private static let fullEnough = RowGroup.capacity / 2

    private var parts: [(vectors: [Vector], numbers: Vector)] = []
    private var pendingCount = 0
    private var blocks: [RowBlock] = []

    /// The row groups that hold the visible rows of runs of groups.
    static func blocks(_ runs: [[VisibleGroup]]) throws(DemetraError) -> [RowBlock] {
        var merger = GroupMerger()
        for run in runs {
            for visible in run { try merger.add(visible) }
            try merger.finishGroup()
        }
        return merger.blocks
    }

    private mutating func add(_ visible: VisibleGroup) throws(DemetraError) {
        let group = visible.group
        let isWhole = visible.deletions == nil && group.count >= Self.fullEnough
        if isWhole || pendingCount + visible.visibleCount > RowGroup.capacity { try finishGroup() }
        var vectors: [Vector] = []
        for column in group.columns.indices {
            vectors.append(try group.vectorOnce(column).withoutConstant())
        }
        var numbers = try group.rowIDs(from: 0, count: group.count)
        if let selection = visible.deletions?.visible(from: 0, count: group.count) {
            vectors = vectors.map { $0.taking(selection) }
            numbers = numbers.taking(selection)
        }
        parts.append((vectors, numbers))
        pendingCount += numbers.count
        if isWhole { try finishGroup() }
    }

    private mutating func finishGroup() throws(DemetraError) {
        guard let model = parts.first, pendingCount > 0 else { return }
        var vectors: [Vector] = []
        for (column, vector) in model.vectors.enumerated() {
            vectors.append(
                try Vector.concatenating(parts.map { $0.vectors[column] }, type: vector.type))
        }
        let numbers = try Vector.concatenating(parts.map(\.numbers), type: .bigint)
        guard case .int64(let ids) = numbers.storage else {
            throw DemetraError(.internalError, "row ids are not bigint")
        }
        let (first, last) = (ids[0], ids[pendingCount - 1])
        let isContiguous = last - first + 1 == Int64(pendingCount)
        blocks.append(
            RowBlock(
                vectors: vectors, count: pendingCount, first: first, last: last,
                numbers: isContiguous ? nil : numbers))
        parts = []
        pendingCount = 0
    }
}
