// Buckets of equal width: `time_bucket` and `date_bin`.

extension Timestamp {
    /// 2000-01-03 00:00, a Monday.
    package static let bucketOrigin: Int64 = 946_857_600_000_000

    /// The start of the bucket of `width` the time lies in.
    ///
    /// Widths of days and less count from `origin` (2000-01-03, a Monday, by default), widths of
    /// months and years from the month of `origin` (2000-01 by default).
    ///
    /// - Throws: 22023 for widths that are not positive or mix months with days, 22008 beyond the
    ///   calendar.
    /// - Source: the behaviour of TimescaleDB and DuckDB.
    package func bucket(
        _ width: Interval, origin: Timestamp? = nil
    ) throws(DemetraError) -> Timestamp {
        guard isFinite else { return self }
        if width.months != 0 { return try monthBucket(width, origin: origin) }
        guard let length = width.fixedMicroseconds, length > 0 else {
            throw DemetraError(
                .invalidParameterValue, "a bucket width must be greater than zero")
        }
        return try floored(to: length, from: origin ?? Timestamp(microseconds: Self.bucketOrigin))
    }

    private func monthBucket(
        _ width: Interval, origin: Timestamp?
    ) throws(DemetraError) -> Timestamp {
        guard width.months > 0, width.days == 0, width.microseconds == 0 else {
            throw DemetraError(
                .invalidParameterValue,
                "a bucket width must be positive and not mix months with shorter units")
        }
        let start = DateTimeFields(origin ?? Timestamp(microseconds: 946_684_800_000_000))
        let fields = DateTimeFields(self)
        let first = Int64(start.year * 12 + start.month - 1)
        let months = Int64(fields.year * 12 + fields.month - 1) - first
        let bucket =
            Civil.floorDivide(months, Int64(width.months)) * Int64(width.months) + first
        let year = Civil.floorDivide(bucket, 12)
        let days = Civil.days(year: Int(year), month: Int(bucket - year * 12) + 1, day: 1)
        return try Timestamp(days: Int64(days), time: 0)
    }

    /// The start of the stride from `origin` the time lies in, as `date_bin` gives it.
    ///
    /// - Throws: 0A000 for strides with months, 22008 for strides that are not positive.
    package func binned(_ stride: Interval, origin: Timestamp) throws(DemetraError) -> Timestamp {
        guard stride.months == 0 else {
            throw DemetraError(
                .featureNotSupported,
                "timestamps cannot be binned into intervals containing months or years",
                hint: "Use time_bucket.")
        }
        guard isFinite else { return self }
        guard let length = stride.fixedMicroseconds, origin.isFinite else {
            throw DemetraError(.datetimeFieldOverflow, "timestamp out of range")
        }
        guard length > 0 else {
            throw DemetraError(.datetimeFieldOverflow, "stride must be greater than zero")
        }
        return try floored(to: length, from: origin)
    }

    private func floored(to length: Int64, from origin: Timestamp) throws(DemetraError) -> Timestamp
    {
        let (distance, overflow) = microseconds.subtractingReportingOverflow(origin.microseconds)
        if overflow { throw DemetraError(.datetimeFieldOverflow, "timestamp out of range") }
        let offset = distance % length
        let (start, below) = microseconds.subtractingReportingOverflow(
            offset < 0 ? offset + length : offset)
        if below { throw DemetraError(.datetimeFieldOverflow, "timestamp out of range") }
        return try Timestamp(checking: start)
    }
}

extension Interval {
    /// Days and time as microseconds; nil beyond 64 bits.
    package var fixedMicroseconds: Int64? {
        let (dayPart, overflow) = Int64(days).multipliedReportingOverflow(
            by: Civil.microsecondsPerDay)
        let (sum, carry) = dayPart.addingReportingOverflow(microseconds)
        return overflow || carry ? nil : sum
    }
}
