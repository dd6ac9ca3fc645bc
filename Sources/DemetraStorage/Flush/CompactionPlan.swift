import DemetraCatalog
import DemetraTypes

/// What a pass over the database writes.
enum RewriteScope: Sendable {
    /// The memtable alone.
    case memtable
    /// The memtable, and the small segments that belong beside it.
    case flush
    /// Segments of which there are several of one size in a partition, and those of which much is hidden.
    case compaction
    /// Everything that is not in its final form, of these tables.
    case full(Set<TableID>)
}

/// Groups that are written together: their visible rows are sorted anew, and cut into segments.
struct RewriteTask: Sendable {
    let groups: [VisibleGroup]
    /// Partitions that are sorted one after the other, so that not all rows are in memory at once; nil for all
    /// at once.
    let slices: [ClosedRange<Int64>]?
    /// It has the rows of the memtable, which must get to disk.
    let isRequired: Bool

    init(
        _ shapes: [SegmentShape], slices: [ClosedRange<Int64>]? = nil, isRequired: Bool = false
    ) {
        groups = shapes.flatMap(\.groups).sorted { $0.group.first < $1.group.first }
        self.slices = slices
        self.isRequired = isRequired
    }

    /// The segments that are written again.
    var segments: Set<SegmentID> { Set(groups.compactMap { $0.group.segment?.id }) }

    /// Nothing but the memtable's rows.
    var withoutSegments: RewriteTask {
        RewriteTask(groups: groups.filter { $0.group.segment == nil }, isRequired: isRequired)
    }

    private init(groups: [VisibleGroup], isRequired: Bool) {
        self.groups = groups
        self.isRequired = isRequired
        slices = nil
    }
}

/// Which segments of a table are written again.
///
/// Segments of similar size whose partitions overlap are joined when there are four of them, like the digits
/// of a counter; small neighbours are joined too. A row is in a segment half as large again after each time it
/// was written, until the segment is large and stays as it is: so it is written a logarithmic number of times.
/// A segment of which more than a quarter is hidden is written again whatever its size.
struct CompactionPlan {
    /// Segments that are joined at a time, at least.
    private static let joinedSegments = 4
    /// A segment with this many rows is joined with no other.
    static let largeRows = RowGroup.capacity * 4
    /// Rows that are sorted at a time, at most.
    static let mostTaskRows = RowGroup.capacity * SegmentWriter.groupLimit
    /// Of little memory the rows that are sorted at a time take an eighth.
    private static let memoryParts = 8
    /// Segments below are of the same size, whatever their size is.
    private static let tinyRows = 1_024

    private let memtable: SegmentShape?
    private let segments: [SegmentShape]
    private let definition: TableDefinition
    /// Rows that are sorted at a time.
    private let taskRows: Int

    /// - Parameters:
    ///   - spoiled: segments that were found damaged; they stay as they are.
    ///   - base: the earliest state that can be asked for, in tables with history.
    ///   - memoryBytes: what the database may use.
    init(
        state: TableState, known: [SegmentID: KnownSegment], spoiled: Set<SegmentID>,
        base: CommitMoment?, memoryBytes: Int
    ) {
        let affordable = memoryBytes / Self.memoryParts / Self.rowBytes(state.definition)
        taskRows = max(RowGroup.capacity, min(Self.mostTaskRows, affordable))
        let shapes = SegmentShape.shapes(of: state, known: known, base: base)
        memtable = shapes.memtable
        segments = shapes.segments.filter { shape in shape.id.map { !spoiled.contains($0) } ?? true
        }
        definition = state.definition
    }

    /// About what a row takes in memory.
    static func rowBytes(_ definition: TableDefinition) -> Int {
        8 * (definition.columns.count + 1)
    }

    func tasks(_ scope: RewriteScope) -> [RewriteTask] {
        var tasks: [RewriteTask] = []
        var taken: Set<SegmentID> = []
        if let memtable {
            var joined = companions(of: memtable)
            if case .memtable = scope { joined = [] }
            tasks.append(RewriteTask([memtable] + joined, isRequired: true))
            taken = Set(joined.compactMap(\.id))
        }
        let rest = segments.filter { shape in shape.id.map { !taken.contains($0) } ?? true }
        switch scope {
        case .memtable, .flush: break
        case .compaction: tasks += sizeTiered(rest)
        case .full(let tables) where tables.contains(definition.id): tasks += full(rest)
        case .full: break
        }
        return tasks
    }

    /// True when a pass would join segments or drop hidden rows.
    var isDue: Bool { !sizeTiered(segments).isEmpty }

    /// Small segments that are no larger than twice what is written anyway, in the same partitions or so small
    /// that they share a row group.
    private func companions(of memtable: SegmentShape) -> [SegmentShape] {
        var total = memtable.rows
        var chosen: [SegmentShape] = []
        for shape in segments.sorted(by: Self.isSmaller) where shape.rows < Self.largeRows {
            guard shape.rows <= total * 2,
                total + shape.rows <= min(Self.largeRows * 2, max(taskRows, memtable.rows))
            else { break }
            let belongs =
                shape.partitions.overlaps(memtable.partitions)
                || total + shape.rows <= RowArrangement.ownSegmentRows
            guard belongs else { continue }
            chosen.append(shape)
            total += shape.rows
        }
        return chosen
    }

    private static func isSmaller(_ left: SegmentShape, _ right: SegmentShape) -> Bool {
        (left.rows, left.id?.number ?? 0) < (right.rows, right.id?.number ?? 0)
    }

    // MARK: Size tiers

    private func sizeTiered(_ segments: [SegmentShape]) -> [RewriteTask] {
        var tasks = segments.filter(\.isWorn).map { RewriteTask([$0]) }
        var open = segments.filter { !$0.isWorn && $0.rows < Self.largeRows }
            .sorted {
                ($0.partitions.lowerBound, $0.id?.number ?? 0)
                    < ($1.partitions.lowerBound, $1.id?.number ?? 0)
            }
        func take(_ chosen: [SegmentShape]) {
            tasks.append(RewriteTask(chosen))
            let ids = Set(chosen.compactMap(\.id))
            open.removeAll { shape in shape.id.map { ids.contains($0) } ?? false }
        }
        for partition in Set(open.map(\.partitions.lowerBound)).sorted() {
            if let chosen = similar(open.filter { $0.partitions.contains(partition) }) {
                take(chosen)
            }
        }
        var neighbours: [SegmentShape] = []
        for shape in open where shape.rows <= RowArrangement.ownSegmentRows / Self.joinedSegments {
            let rows = neighbours.reduce(shape.rows) { $0 + $1.rows }
            if rows > RowArrangement.ownSegmentRows {
                if let chosen = similar(neighbours) { take(chosen) }
                neighbours = []
            }
            neighbours.append(shape)
        }
        if let chosen = similar(neighbours) { take(chosen) }
        return tasks
    }

    /// Some that are of similar size, if there are enough of them: none is larger than twice those before it.
    private func similar(_ shapes: [SegmentShape]) -> [SegmentShape]? {
        let sorted = shapes.sorted(by: Self.isSmaller)
        guard sorted.count >= Self.joinedSegments else { return nil }
        for start in 0...(sorted.count - Self.joinedSegments) {
            var total = sorted[start].rows
            var end = start + 1
            while end < sorted.count, sorted[end].rows <= max(total * 2, Self.tinyRows),
                total + sorted[end].rows <= taskRows
            {
                total += sorted[end].rows
                end += 1
            }
            if end - start >= Self.joinedSegments { return Array(sorted[start..<end]) }
        }
        return nil
    }

    // MARK: Everything

    /// Every partition in few segments, without hidden rows.
    private func full(_ segments: [SegmentShape]) -> [RewriteTask] {
        // What is large, clean and of one partition is as it should be.
        let open = segments.filter {
            !($0.isClean && $0.rows >= Self.largeRows * 2 && $0.partitions.count == 1)
        }.sorted { $0.partitions.lowerBound < $1.partitions.lowerBound }
        var clusters: [[SegmentShape]] = []
        var (upper, rows) = (Int64.min, 0)
        for shape in open {
            let belongs =
                !clusters.isEmpty
                && (shape.partitions.lowerBound <= upper
                    || rows + shape.rows <= RowArrangement.ownSegmentRows)
            if belongs {
                clusters[clusters.count - 1].append(shape)
            } else {
                clusters.append([shape])
                (upper, rows) = (.min, 0)
            }
            upper = max(upper, shape.partitions.upperBound)
            rows += shape.rows
        }
        return clusters.filter { !Self.isFinal($0) }.flatMap { cluster in
            if let slices = slices(cluster) { return [RewriteTask(cluster, slices: slices)] }
            return batches(cluster).compactMap { batch in
                batch.count == 1 && batch[0].isClean ? nil : RewriteTask(batch)
            }
        }
    }

    /// A few clean segments of ordinary size: joining them would gain little, and cost a list of row ids.
    private static func isFinal(_ cluster: [SegmentShape]) -> Bool {
        cluster.count < joinedSegments
            && cluster.allSatisfy { $0.isClean && $0.rows > RowArrangement.ownSegmentRows }
    }

    /// Segments of one partition, so many at a time as can be sorted.
    private func batches(_ cluster: [SegmentShape]) -> [[SegmentShape]] {
        var batches: [[SegmentShape]] = []
        var rows = Int.max
        for shape in cluster.sorted(by: Self.isSmaller) {
            if rows > taskRows - shape.rows {
                batches.append([])
                rows = 0
            }
            batches[batches.count - 1].append(shape)
            rows += shape.rows
        }
        return batches
    }

    /// Partitions cut so that each part has about as many rows as are sorted at a time.
    private func slices(_ cluster: [SegmentShape]) -> [ClosedRange<Int64>]? {
        let rows = cluster.reduce(0) { $0 + $1.rows }
        let bounds = Set(cluster.map(\.partitions.lowerBound)).sorted()
        guard rows > taskRows, bounds.count > 1 else { return nil }
        var slices: [ClosedRange<Int64>] = []
        var (start, pending) = (Int64.min, 0.0)
        for (index, bound) in bounds.enumerated() {
            let end = index + 1 < bounds.count ? bounds[index + 1] - 1 : Int64.max
            pending += cluster.reduce(0.0) { sum, shape in
                sum + Double(shape.rows)
                    * Self.share(shape.partitions, max(bound, shape.partitions.lowerBound), end)
            }
            if pending * 2 >= Double(taskRows) || end == .max {
                slices.append(start...end)
                (start, pending) = (end == .max ? end : end + 1, 0)
            }
        }
        return slices
    }

    /// How much of a range lies within bounds.
    private static func share(
        _ range: ClosedRange<Int64>, _ low: Int64, _ high: Int64
    ) -> Double {
        let (first, last) = (max(range.lowerBound, low), min(range.upperBound, high))
        guard first <= last else { return 0 }
        return (Double(last) - Double(first) + 1)
            / (Double(range.upperBound) - Double(range.lowerBound) + 1)
    }
}
