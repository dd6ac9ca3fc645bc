import DemetraTypes

/// Where a series stands in time: its grid, and whether the grid counts local days.
struct SeriesPlacement: Sendable {
    /// The grid.
    var grid: TimeGrid
    /// True when the grid's times are those of the session's clocks, so that days have 23 to 25 hours.
    var isLocal: Bool
    /// False when points had no common step and are gathered.
    var isRegular: Bool

    /// A time as the grid counts it.
    func gridTime(_ instant: Int64, _ zone: TimeZoneRules) -> Int64 {
        isLocal ? zone.local(Timestamp(microseconds: instant)).microseconds : instant
    }

    /// The time that a step stands for; nil beyond the range of timestamps.
    func instant(_ index: Int, _ zone: TimeZoneRules) -> Int64? {
        guard let time = grid.instant(index) else { return nil }
        return isLocal ? zone.instant(Timestamp(microseconds: time)).microseconds : time
    }
}

/// Finds the placements of all series of a call.
struct PlacementSearch: Sendable {
    /// The step asked for, if any.
    let step: TimeStep?
    /// True for timestamps with a time zone.
    let hasZone: Bool
    /// The session's time zone.
    let zone: TimeZoneRules
    /// True when all series must share one grid.
    let isShared: Bool

    /// A placement per series; nil for series without a point.
    func placements(_ series: [SeriesRows.Series]) -> [SeriesPlacement?] {
        let found = series.map { inferred($0) }
        let common =
            step.map { TimeStep.Inferred(step: $0, isRegular: true) } ?? mostFrequent(found, series)
        var first: Int64?
        var last: Int64?
        if isShared {
            first = series.compactMap(\.instants.first).min()
            last = series.compactMap(\.instants.last).max()
        }
        return zip(series, found).map { series, own -> SeriesPlacement? in
            guard let start = first ?? series.instants.first,
                let end = last ?? series.instants.last
            else { return nil }
            // Two points know a distance, but hardly a rhythm.
            let useCommon = isShared || step != nil || series.instants.count < 4
            let chosen = (useCommon ? common : own) ?? .init(step: .day, isRegular: true)
            let isLocal = hasZone && chosen.step.isCalendar
            let isGathering = !chosen.isRegular || (step != nil && own?.step != step)
            let local = { (instant: Int64) in
                isLocal ? zone.local(Timestamp(microseconds: instant)).microseconds : instant
            }
            return SeriesPlacement(
                grid: TimeGrid(
                    step: chosen.step, first: local(start), last: local(end),
                    isGathering: isGathering),
                isLocal: isLocal, isRegular: chosen.isRegular)
        }
    }

    /// Days are looked for on the clocks of the session first: in absolute time, days change their
    /// length with daylight saving.
    private func inferred(_ series: SeriesRows.Series) -> TimeStep.Inferred? {
        let instants = Self.distinct(series.instants)
        guard hasZone else { return TimeStep.inferred(instants) }
        let local = Self.distinct(
            instants.map { zone.local(Timestamp(microseconds: $0)).microseconds }.sorted())
        if let found = TimeStep.inferred(local), found.isRegular, found.step.isCalendar {
            return found
        }
        return TimeStep.inferred(instants)
    }

    /// The step that most points have.
    private func mostFrequent(
        _ found: [TimeStep.Inferred?], _ series: [SeriesRows.Series]
    ) -> TimeStep.Inferred? {
        var counts: [TimeStep.Inferred: Int] = [:]
        for (own, series) in zip(found, series) {
            if let own { counts[own, default: 0] += series.instants.count }
        }
        let most = counts.values.max()
        return found.first { own in own.flatMap { counts[$0] } == most } ?? nil
    }

    private static func distinct(_ sorted: [Int64]) -> [Int64] {
        var result: [Int64] = []
        result.reserveCapacity(sorted.count)
        for instant in sorted where instant != result.last { result.append(instant) }
        return result
    }
}
