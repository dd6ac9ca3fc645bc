import DemetraTypes

/// The day of each row of a relation.
enum DayColumn {
    /// Years -71,000 to 75,000: what lies beyond counts as no time, so that all distances are numbers.
    static let times = -Int64(1 << 61)...Int64(1 << 61)

    /// Days since 1970 by the clocks of `zone`, nil for rows without a time.
    ///
    /// Dates and timestamps without a time zone are taken as they are.
    static func days(
        _ rows: RelationColumns, _ column: Int, zone: TimeZoneRules
    ) -> [Int64?] {
        let hasZone = rows.schema.fields[column].type == .timestamptz
        return rows.instants(column).map { instant in
            guard let instant, times.contains(instant) else { return nil }
            return day(
                hasZone ? zone.local(Timestamp(microseconds: instant)).microseconds : instant)
        }
    }

    /// Days since 1970 of a local time in microseconds.
    static func day(_ local: Int64) -> Int64 {
        let (days, rest) = local.quotientAndRemainder(dividingBy: Civil.microsecondsPerDay)
        return rest < 0 ? days - 1 : days
    }
}

extension CalendarDate {
    /// The date of a day since 1970.
    init(day: Int64) { self.init(days: Int32(clamping: day)) }
}
