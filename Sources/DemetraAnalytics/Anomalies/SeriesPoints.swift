import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// Rows of a relation on their way to become series: cleaned, in order of time, an instant once.
// Immutable after init.
struct SeriesPoints: Sendable {
    /// Years -71,000 to 75,000: what lies beyond counts as no time, so that all distances are numbers.
    private static let times = -Int64(1 << 61)...Int64(1 << 61)

    private let instants: [Int64?]
    private let values: [Double]
    private let volumes: [Double]?

    /// Makes points of columns; `volumes` are the denominators of ratios.
    init(instants: [Int64?], values: [Double], volumes: [Double]?) {
        self.instants = instants.map { instant in
            instant.flatMap { Self.times.contains($0) ? $0 : nil }
        }
        self.values = values
        self.volumes = volumes
    }

    /// Tells of rows without a time, and of numbers that are none and so count as missing.
    func tell(_ notices: NoticeBoard, _ rows: RelationColumns, value: Int) {
        let timeless = instants.count { $0 == nil }
        if timeless > 0 {
            notices.post(Notice("\(timeless) rows without a time were left out"))
        }
        var (strange, start) = (0, 0)
        for batch in rows.batches {
            for row in 0..<batch.count
            where values[start + row].isNaN && batch.vectors[value].isValid(row) { strange += 1 }
            start += batch.count
        }
        if strange > 0 {
            notices.post(
                Notice("\(strange) values that are not finite numbers were taken as missing"))
        }
    }

    /// The series of some rows and, for each point, one row it came from.
    ///
    /// Rows of one instant are added up: numerators and denominators each, or the values; but see `RepeatedRows`.
    func series(_ rows: [Int], season: Int?) -> (AnomalySeries, origins: [Int]) {
        var order: [(instant: Int64, row: Int)] = []
        order.reserveCapacity(rows.count)
        var isSorted = true
        for row in rows {
            guard let instant = instants[row] else { continue }
            if let last = order.last, last.instant >= instant { isSorted = false }
            order.append((instant, row))
        }
        if !isSorted {
            // Equal instants by value, so that sums do not depend on how rows came.
            order.sort { left, right in
                if left.instant != right.instant { return left.instant < right.instant }
                let (a, b) = (key(left.row), key(right.row))
                return a != b ? a.lexicographicallyPrecedes(b) : left.row < right.row
            }
        }
        var series = AnomalySeries(instants: [], values: [], season: season)
        var origins: [Int] = []
        var rowCounts: [Int] = []
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, order[end].instant == order[start].instant { end += 1 }
            let members = order[start..<end].map(\.row)
            let total = sum(members, of: values)
            series.instants.append(order[start].instant)
            if let volumes {
                let volume = sum(members, of: volumes)
                let isRatio = volume > 0
                series.values.append(isRatio ? total / volume : .nan)
                series.volumes.append(isRatio ? volume : 0)
            } else {
                series.values.append(total)
                rowCounts.append(members.count { !values[$0].isNaN })
            }
            origins.append(order[start].row)
            start = end
        }
        if volumes == nil { RepeatedRows.remove(from: &series, rowCounts: rowCounts) }
        return (series, origins)
    }

    private func key(_ row: Int) -> [UInt64] {
        [values[row].bitPattern, volumes?[row].bitPattern ?? 0]
    }

    /// The sum of what is known; NaN when nothing is.
    private func sum(_ rows: [Int], of numbers: [Double]) -> Double {
        if rows.count == 1 { return numbers[rows[0]] }
        let known = rows.filter { !numbers[$0].isNaN }
        return known.isEmpty ? .nan : known.reduce(0) { $0 + numbers[$1] }
    }
}
