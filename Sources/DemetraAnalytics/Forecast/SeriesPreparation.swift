import DemetraFunctions
import DemetraTypes

/// Puts the rows of series on their grids and fills what is missing.
struct SeriesPreparation: Sendable {
    let options: ForecastOptions
    let zone: TimeZoneRules
    /// True when the times have a time zone.
    let hasZone: Bool

    /// One series on its grid, gaps still open.
    private struct Gathered: Sendable {
        var values: RegularSeries
        var denominators: RegularSeries?
    }

    /// The series, ready to be forecast, in the order of `rows`.
    ///
    /// - Throws: 57014 when cancelled.
    func prepared(
        _ rows: [SeriesRows.Series], _ context: EvaluationContext
    ) throws(DemetraError) -> [PreparedSeries] {
        let placements = PlacementSearch(
            step: options.step, hasZone: hasZone, zone: zone, isShared: options.addsTotals
        ).placements(rows)
        try context.cancellation.check()
        let slots = ResultSlots<Gathered?>(count: rows.count, empty: nil)
        let cancellation = context.cancellation
        context.workers.forEach(rows.count) { index in
            guard !cancellation.isCancelled, let placement = placements[index] else { return }
            slots.set(index, gathered(rows[index], placement))
        }
        try cancellation.check()
        let found = slots.values
        let known = knownInstants(found, placements, rows)
        let end = options.addsTotals ? found.compactMap { $0?.values.end }.max() : nil
        return rows.indices.map { index in
            guard let placement = placements[index], let series = found[index] else {
                return unplaced(rows[index])
            }
            return filled(rows[index], series, placement, known, commonEnd: end)
        }
    }

    private func gathered(
        _ rows: SeriesRows.Series, _ placement: SeriesPlacement
    ) -> Gathered {
        let times = rows.instants.map { placement.gridTime($0, zone) }
        func regular(_ values: [Double]) -> RegularSeries {
            RegularSeries(times, values, grid: placement.grid, aggregate: options.aggregate)
        }
        return Gathered(
            values: regular(rows.values),
            denominators: rows.denominators.isEmpty ? nil : regular(rows.denominators))
    }

    /// All times that any series has, when some series of counts has a gap.
    private func knownInstants(
        _ gathered: [Gathered?], _ placements: [SeriesPlacement?], _ rows: [SeriesRows.Series]
    ) -> Set<Int64> {
        let isAsked = gathered.contains { series in
            guard let series else { return false }
            return series.values.gapCount > 0 && series.values.holdsCounts
        }
        guard isAsked, options.fill == .auto, rows.count > 1 else { return [] }
        var known: Set<Int64> = []
        for (series, placement) in zip(gathered, placements) {
            guard let values = series?.values, let placement else { continue }
            for (offset, value) in values.values.enumerated() where !value.isNaN {
                if let instant = placement.instant(values.start + offset, zone) {
                    known.insert(instant)
                }
            }
        }
        return known
    }

    private func filled(
        _ rows: SeriesRows.Series, _ gathered: Gathered, _ placement: SeriesPlacement,
        _ known: Set<Int64>, commonEnd: Int?
    ) -> PreparedSeries {
        var (values, denominators) = (gathered.values, gathered.denominators)
        let isKnown = { (step: Int) in
            placement.instant(step, zone).map { known.contains($0) } ?? false
        }
        let gaps = values.gapCount
        values.fill(options.fill, isKnownElsewhere: isKnown)
        denominators?.fill(options.fill, isKnownElsewhere: isKnown)
        let end = commonEnd ?? values.end
        var notes = notes(rows, placement, values, gaps: gaps)
        if end > values.end {
            notes.append("no rows in the last \(end - values.end) steps")
        }
        var result = PreparedSeries(
            key: rows.key, placement: placement, end: end,
            values: extended(values, to: end),
            denominators: denominators.map { extended($0, to: end) } ?? [], notes: notes)
        if rows.values.count < 2 || values.values.count < 2 { result.failure = tooShort(rows) }
        return result
    }

    /// The values up to a common end: 0 for what stopped and is counted, else the last value.
    private func extended(_ series: RegularSeries, to end: Int) -> [Double] {
        let usesZero = options.fill == .zero || (options.fill == .auto && series.holdsCounts)
        let rest = usesZero ? 0 : series.values.last ?? 0
        return series.values + Array(repeating: rest, count: max(end - series.end, 0))
    }

    private func notes(
        _ rows: SeriesRows.Series, _ placement: SeriesPlacement, _ series: RegularSeries, gaps: Int
    ) -> [String] {
        var notes: [String] = []
        if rows.unusableCount > 0 {
            notes.append("\(Self.rows(rows.unusableCount)) without a usable time or value left out")
        }
        if rows.negativeCount > 0 {
            notes.append("\(Self.rows(rows.negativeCount)) with a negative value left out")
        }
        if !placement.isRegular {
            notes.append("irregular times: gathered by \(placement.grid.step.text)")
        } else if series.duplicateCount > 0 {
            notes.append("\(Self.rows(series.duplicateCount)) share a step with another")
        }
        if gaps > 0 { notes.append("\(gaps) missing \(gaps == 1 ? "step" : "steps") filled") }
        return notes
    }

    private static func rows(_ count: Int) -> String { count == 1 ? "1 row" : "\(count) rows" }

    private func unplaced(_ rows: SeriesRows.Series) -> PreparedSeries {
        PreparedSeries(
            key: rows.key,
            placement: SeriesPlacement(
                grid: TimeGrid(step: .day, first: 0, last: 0, isGathering: false), isLocal: false,
                isRegular: true),
            end: 0, values: [], denominators: [], notes: [], failure: tooShort(rows))
    }

    private func tooShort(_ rows: SeriesRows.Series) -> DemetraError {
        let count = rows.values.count
        let found = count == rows.rowCount ? Self.rows(count) : "\(Self.rows(count)) with a value"
        let steps = count >= 2 ? "\(found) of one step" : found
        return DemetraError(
            .invalidParameterValue,
            rows.key.isEmpty
                ? "FORECAST needs at least 2 rows, got \(steps)"
                : "series '\(rows.name)' has \(steps), FORECAST needs at least 2")
    }
}
