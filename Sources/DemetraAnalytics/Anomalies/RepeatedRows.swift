/// Tells rows that are there twice from rows that belong together, where a series is finer than a day.
///
/// Rows of one time are parts of a sum: an hour's spend, campaign by campaign. But a clock that is set back and a delivery
/// that is sent again give times of one row a second one, and a sum would be twice what it was. So rows beyond the usual
/// number count as repetitions: what the sum is then is the mean of the rows, so many times as is usual. When there
/// really are more parts from now on, half a day makes them usual.
enum RepeatedRows {
    private static let dayMicroseconds: Int64 = 86_400_000_000
    /// Times of a day that are looked at, at most: at a row a second an hour's worth.
    private static let mostTimes = 3_600

    /// - Parameter rowCounts: for each time of the series, how many rows with a value it had.
    static func remove(from series: inout AnomalySeries, rowCounts: [Int]) {
        guard rowCounts.contains(where: { $0 > 1 }), series.step < dayMicroseconds else { return }
        let times = min(dayMicroseconds / series.step, Int64(mostTimes))
        var counts = SortedWindow(capacity: Int(times))
        for (index, count) in rowCounts.enumerated() where count > 0 {
            let usual = counts.count == 0 ? Double(count) : max(counts.median, 1)
            if Double(count) > usual { series.values[index] *= usual / Double(count) }
            counts.append(Double(count))
        }
    }
}
