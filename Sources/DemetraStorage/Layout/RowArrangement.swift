import DemetraCatalog
import DemetraTypes
import DemetraVectors

/// Rows put in the order of segments, and how they are cut into these.
///
/// A partition with more rows than `ownSegmentRows` has segments of its own; smaller ones that lie side by
/// side share one, so that a few rows over many years are not as many files.
struct RowArrangement {
    /// Rows of a partition from which on it shares no segment with others.
    static let ownSegmentRows = RowGroup.capacity

    /// The rows in order; nil when they are as they come.
    let rows: Buffer<Int32>?
    /// Rows of each row group, segment by segment.
    let segments: [[Int]]

    /// - Parameter ids: the row ids, where the rows have some: the order of a table that has no other.
    init(
        _ vectors: [Vector], count: Int, definition: TableDefinition, ids: Vector? = nil
    ) {
        let order = RowOrder(definition: definition)
        let times = definition.timeColumn.flatMap { RowTimes.microseconds(vectors[$0]) }
        rows = order.permutation(vectors, times, ids, count: count)
        var partitions = [count]
        if let times {
            partitions = Self.partitions(times, rows, count, definition.partition)
        }
        segments = Self.cut(partitions)
    }

    /// Puts columns into the order of the arrangement, some at a time: not all are there twice.
    func apply(to vectors: inout [Vector], threads: Int) {
        guard let rows else { return }
        var start = 0
        while start < vectors.count {
            let end = min(vectors.count, start + max(1, threads))
            let part = Array(vectors[start..<end])
            let sorted = ParallelWork.map(count: part.count, threads: threads) {
                part[$0].taking(rows: rows)
            }
            vectors.replaceSubrange(start..<end, with: sorted)
            start = end
        }
    }

    /// The row groups of one segment, whose ids count from zero.
    ///
    /// - Parameters:
    ///   - groups: rows of each.
    ///   - start: the row they begin at; moved behind them.
    static func blocks(_ groups: [Int], _ columns: [Vector], start: inout Int) -> [RowBlock] {
        var first: Int64 = 0
        var blocks: [RowBlock] = []
        for count in groups {
            blocks.append(
                RowBlock(
                    vectors: columns.map { $0.slice(from: start, count: count) }, count: count,
                    first: first, last: first + Int64(count) - 1, numbers: nil))
            first += Int64(count)
            start += count
        }
        return blocks
    }

    /// Rows of each partition that has some, in the order of the rows.
    private static func partitions(
        _ times: [Int64], _ rows: Buffer<Int32>?, _ count: Int, _ interval: PartitionInterval
    ) -> [Int] {
        var counts: [Int] = []
        var finder = PartitionFinder(interval: interval)
        var last: Int64?
        let order = rows?.array
        for place in 0..<count {
            let partition = finder.partition(of: times[order.map { Int($0[place]) } ?? place])
            if partition == last {
                counts[counts.count - 1] += 1
            } else {
                counts.append(1)
                last = partition
            }
        }
        return counts
    }

    /// Row groups of equal size, none larger than it may be.
    static func cut(_ partitions: [Int]) -> [[Int]] {
        var segments: [[Int]] = []
        var shared = 0
        func close() {
            if shared > 0 { segments += groups(shared) }
            shared = 0
        }
        for rows in partitions {
            if rows > ownSegmentRows {
                close()
                segments += groups(rows)
            } else {
                if shared + rows > ownSegmentRows { close() }
                shared += rows
            }
        }
        close()
        return segments
    }

    /// Groups are of whole batches, so that scans have few short ones.
    private static func groups(_ rows: Int) -> [[Int]] {
        let groupCount = (rows + RowGroup.capacity - 1) / RowGroup.capacity
        let even = (rows + groupCount - 1) / groupCount
        let size = min(
            RowGroup.capacity, (even + Batch.capacity - 1) / Batch.capacity * Batch.capacity)
        var segments: [[Int]] = []
        var rest = rows
        while rest > 0 {
            var segment: [Int] = []
            while rest > 0, segment.count < SegmentWriter.groupLimit {
                segment.append(min(size, rest))
                rest -= min(size, rest)
            }
            segments.append(segment)
        }
        return segments
    }
}
