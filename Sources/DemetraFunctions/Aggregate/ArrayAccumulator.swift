import DemetraTypes
import DemetraVectors

/// `array_agg`: the values of each group in the order in which they came, NULLs too; NULL for no rows.
// Owned by one worker.
final class ArrayAccumulator: AggregateAccumulator {
    private let type: LogicalType
    private let layout: ArrayLayout
    private var arrays: [ArrayWriter] = []
    /// Bytes of the elements, and how many arrays have some.
    private var (elementBytes, startedCount) = (0, 0)

    /// What an array takes beside its elements, once it has some.
    private static let headerBytes = 48

    init(type: LogicalType) {
        self.type = type
        layout = ArrayLayout(element: type.arrayElement ?? .text)
    }

    /// Arrays grow by doubling.
    var byteCount: Int {
        arrays.count * MemoryLayout<ArrayWriter>.stride + startedCount * Self.headerBytes
            + elementBytes * 2
    }

    func resize(groupCount: Int) {
        let more = groupCount - arrays.count
        guard more > 0 else { return }
        arrays += Array(repeating: ArrayWriter(layout), count: more)
    }

    /// - Throws: 54000 when the arrays of all groups exceed what a vector of texts can hold.
    func update(
        _ arguments: [Vector], groups: GroupIndices, count: Int
    ) throws(DemetraError) {
        for row in 0..<count {
            let group = groups.group(row)
            let before = arrays[group].byteCount
            if arrays[group].count == 0 { startedCount += 1 }
            arrays[group].append(arguments[0], row: row)
            elementBytes += arrays[group].byteCount - before
        }
        try checkSize()
    }

    func merge(
        _ other: any AggregateAccumulator, groupMap: Buffer<Int32>
    ) throws(DemetraError) {
        guard let other = other as? ArrayAccumulator else { return }
        for group in 0..<min(other.arrays.count, groupMap.count) {
            let target = Int(groupMap[group])
            if arrays[target].count == 0, other.arrays[group].count > 0 { startedCount += 1 }
            elementBytes += other.arrays[group].byteCount
            arrays[target].append(other.arrays[group])
        }
        try checkSize()
    }

    private func checkSize() throws(DemetraError) {
        guard elementBytes > TextBuffer.heapLimit else { return }
        throw DemetraError(
            .programLimitExceeded, "array size exceeds the maximum allowed (4 GiB)",
            hint: "Aggregate fewer rows at a time.")
    }

    func finish(groupCount: Int) -> Vector {
        var builder = VectorBuilder(type: type, capacity: groupCount)
        for array in arrays.prefix(groupCount) {
            if array.count == 0 { builder.appendNull() } else { builder.append(array) }
        }
        return builder.finish()
    }
}
