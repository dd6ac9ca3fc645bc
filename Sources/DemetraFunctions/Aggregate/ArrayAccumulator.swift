import DemetraTypes
import DemetraVectors

/// `array_agg`: the values of each group in the order in which they came, NULLs too; NULL for no rows.
// Owned by one worker.
final class ArrayAccumulator: AggregateAccumulator {
    private let type: LogicalType
    private let layout: ArrayLayout
    private var arrays: [ArrayWriter] = []
    private(set) var byteCount = 0

    init(type: LogicalType) {
        self.type = type
        layout = ArrayLayout(element: type.arrayElement ?? .text)
    }

    func resize(groupCount: Int) {
        let more = groupCount - arrays.count
        guard more > 0 else { return }
        arrays += Array(repeating: ArrayWriter(layout), count: more)
        byteCount += more * MemoryLayout<ArrayWriter>.stride
    }

    /// - Throws: 54000 when the arrays of all groups exceed what a vector of texts can hold.
    func update(
        _ arguments: [Vector], groups: GroupIndices, count: Int
    ) throws(DemetraError) {
        for row in 0..<count {
            let group = groups.group(row)
            let before = arrays[group].byteCount
            arrays[group].append(arguments[0], row: row)
            byteCount += arrays[group].byteCount - before
        }
        try checkSize()
    }

    func merge(
        _ other: any AggregateAccumulator, groupMap: Buffer<Int32>
    ) throws(DemetraError) {
        guard let other = other as? ArrayAccumulator else { return }
        for group in 0..<min(other.arrays.count, groupMap.count) {
            byteCount += other.arrays[group].byteCount
            arrays[Int(groupMap[group])].append(other.arrays[group])
        }
        try checkSize()
    }

    private func checkSize() throws(DemetraError) {
        guard byteCount > TextBuffer.heapLimit else { return }
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
