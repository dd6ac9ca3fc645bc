package import DemetraTypes

/// How much time the files of one partition cover: months, or a fixed time of whole hours.
///
/// Partitions are numbered from 1970 on; those of weeks begin on Mondays.
package struct PartitionInterval: Sendable, Hashable {
    /// One month.
    package static let month = PartitionInterval(months: 1, microseconds: 0)

    /// Months; 0 where the time is fixed.
    package let months: Int32
    /// The fixed time; 0 where it is months.
    package let microseconds: Int64

    private init(months: Int32, microseconds: Int64) {
        self.months = months
        self.microseconds = microseconds
    }

    /// Nil for what is no partition: months and days together, nothing, less than an hour.
    package init?(_ interval: Interval) {
        guard let fixed = interval.fixedMicroseconds else { return nil }
        switch (interval.months, fixed) {
        case (1..., 0): self.init(months: interval.months, microseconds: 0)
        case (0, Civil.microsecondsPerHour...) where fixed % Civil.microsecondsPerHour == 0:
            self.init(months: 0, microseconds: fixed)
        default: return nil
        }
    }

    /// The same as an interval.
    package var interval: Interval {
        Interval(
            months: months, days: Int32(clamping: microseconds / Civil.microsecondsPerDay),
            microseconds: microseconds % Civil.microsecondsPerDay)
    }

    private static let week = 7 * Civil.microsecondsPerDay

    /// Where partitions begin to be counted: 1970-01-05 is a Monday.
    private var origin: Int64 {
        microseconds % Self.week == 0 ? 4 * Civil.microsecondsPerDay : 0
    }

    /// The number of the partition that a time is in.
    package func partition(of time: Int64) -> Int64 {
        guard months > 0 else {
            return Civil.floorDivide(max(time, .min + origin) - origin, microseconds)
        }
        let date = Civil.date(days: Int(Civil.floorDivide(time, Civil.microsecondsPerDay)))
        return Civil.floorDivide(Int64((date.year - 1970) * 12 + date.month - 1), Int64(months))
    }

    /// The first time of a partition; the least or greatest there is when it lies beyond.
    package func start(of partition: Int64) -> Int64 {
        guard months > 0 else {
            let (product, isBeyond) = partition.multipliedReportingOverflow(by: microseconds)
            let (sum, carry) = product.addingReportingOverflow(origin)
            return isBeyond || carry ? (partition < 0 ? .min : .max) : sum
        }
        let (month, isFar) = partition.multipliedReportingOverflow(by: Int64(months))
        guard !isFar, abs(month) < 12 * 400_000 else { return partition < 0 ? .min : .max }
        let year = Civil.floorDivide(month, 12)
        let days = Civil.days(year: Int(year) + 1970, month: Int(month - year * 12) + 1, day: 1)
        let (start, isBeyond) = Int64(days).multipliedReportingOverflow(
            by: Civil.microsecondsPerDay)
        return isBeyond ? (days < 0 ? .min : .max) : start
    }
}
