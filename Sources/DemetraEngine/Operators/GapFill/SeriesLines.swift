import DemetraTypes
import DemetraVectors

/// The rows given out, and where they come from: for each series a row for each bucket.
struct SeriesLines {
    /// Groups of one series in the order of time, those outside of the bounds too.
    struct Series {
        /// Positions among the groups; each has a time.
        var groups: [Int32]
        /// Position of its first row given out.
        let firstRow: Int
    }

    let series: [Series]
    /// The group that each row given out is; -1 for a gap.
    let sources: [Int32]
    /// Some group of the series of each row; -1 where there is none.
    private let owners: [Int32]
    /// Instants of the buckets; every series has them all.
    let buckets: [Int64]
    private let times: BucketTimes
    private let bucketColumn: Int
    private let seriesColumns: Set<Int>

    /// How many rows are given out.
    var count: Int { sources.count }

    init(
        _ operation: GapFillOperator, _ groups: Batch, _ times: BucketTimes, _ buckets: [Int64],
        _ context: ExecutionContext
    ) throws(DemetraError) {
        self.times = times
        self.buckets = buckets
        bucketColumn = operation.bucket
        seriesColumns = Set(operation.series)
        var found = try Self.sorted(operation, groups, times)
        // No group at all: the one series there is is all gaps.
        if found.isEmpty { found = [[]] }
        let (total, overflow) = found.count.multipliedReportingOverflow(by: buckets.count)
        guard !overflow, total <= Int(Int32.max) else {
            throw DemetraError(
                .programLimitExceeded, "time_bucket_gapfill gives too many rows",
                hint: "Use wider buckets, or fewer series.")
        }
        try context.budget.child("gap filling").reserve(
            total * (operation.layout.columns.count + 2) * 8)
        var series: [Series] = []
        var sources = [Int32](repeating: -1, count: total)
        var owners = sources
        for (index, rows) in found.enumerated() {
            try context.cancellation.check()
            let first = index * buckets.count
            var row = 0
            for position in 0..<buckets.count {
                owners[first + position] = rows.first ?? -1
                while row < rows.count, (times.instants[Int(rows[row])] ?? 0) < buckets[position] {
                    row += 1
                }
                if row < rows.count, times.instants[Int(rows[row])] == buckets[position] {
                    sources[first + position] = rows[row]
                }
            }
            series.append(Series(groups: rows, firstRow: first))
        }
        self.series = series
        self.sources = sources
        self.owners = owners
    }

    /// The groups of each series in the order of time.
    private static func sorted(
        _ operation: GapFillOperator, _ groups: Batch, _ times: BucketTimes
    ) throws(DemetraError) -> [[Int32]] {
        guard groups.count > 0 else { return [] }
        let keys = operation.series.map { groups.vectors[$0] }
        let order =
            (keys + [groups.vectors[operation.bucket]]).map {
                SortKey($0, descending: false, nullsFirst: false)
            }
        let permutation = SortKernel.permutation(order, count: groups.count)
        let starts = BoundaryKernel.boundaries(
            keys, permutation: permutation, count: groups.count)
        var result: [[Int32]] = []
        for index in 0..<groups.count {
            if index == 0 || starts[index] != 0 { result.append([]) }
            let group = permutation[index]
            // A time that is not known lies in no bucket.
            if times.instants[Int(group)] != nil { result[result.count - 1].append(group) }
        }
        return result.filter { !$0.isEmpty }
    }

    /// The input's columns for the rows given out: keys everywhere, the rest NULL in gaps.
    func inputColumns(_ columns: [Vector]) -> [Vector] {
        columns.enumerated().map { index, column in
            if index == bucketColumn {
                return times.column((0..<count).map { buckets[$0 % buckets.count] })
            }
            let rows = seriesColumns.contains(index) ? owners : sources
            guard column.count > 0 else { return .nulls(column.type, count: count) }
            return column.takingOptional(rows: Buffer(rows))
        }
    }
}
