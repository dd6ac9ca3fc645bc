import DemetraFunctions
import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// Gives a row for every bucket of every series, and the filled columns behind the input's.
///
/// All groups are collected and sorted by series and bucket. Rows outside the bounds are not given out, but known
/// values in them reach into the gaps: what came before the first bucket is known there.
struct GapFillOperator: PhysicalOperator {
    /// A filled column, compiled.
    struct Fill: Sendable {
        let kind: GapFillKind
        let type: LogicalType
        /// Over the input's columns.
        let value: ExpressionProgram
        /// A constant, or the reach of known values.
        let argument: ExpressionProgram?
    }

    /// A bound, compiled.
    struct Bound: Sendable {
        let value: ExpressionProgram
        let isInclusive: Bool
    }

    let input: any PhysicalOperator
    /// Position of the bucket among the input's columns.
    let bucket: Int
    /// Positions of the other keys.
    let series: [Int]
    let width: ExpressionProgram
    let zone: ExpressionProgram?
    let start: Bound?
    let finish: Bound?
    let fills: [Fill]
    let layout: ColumnLayout

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        let rows = try context.collect(try input.open(context), for: "gap filling")
        let columns =
            rows.rowCount == 0
            ? input.layout.types.map { Vector.nulls($0, count: 0) }
            : try rows.columns(types: input.layout.types)
        let groups = Batch(columns, count: rows.rowCount)
        let times = try BucketTimes(self, columns[bucket], context)
        guard let buckets = try times.buckets(), !buckets.isEmpty else {
            return BatchStream(source: MaterializedRows(batches: []))
        }
        let lines = try SeriesLines(self, groups, times, buckets, context)
        var output = lines.inputColumns(columns)
        for fill in fills {
            let filler = GapFiller(fill: fill, lines: lines, times: times, context: context)
            output.append(try filler.column(groups))
        }
        return BatchStream(source: MaterializedRows(columns: output, count: lines.count))
    }
}

/// The buckets' times: as instants, and on the clocks of the buckets' time zone.
struct BucketTimes {
    /// A bound of the buckets for one series: more would not be looked at by anyone.
    static let mostBuckets = 1_000_000

    let type: LogicalType
    /// The begin of each group's bucket, in microseconds; nil where the time was NULL.
    let instants: [Int64?]
    private let width: Interval
    private let zone: TimeZoneRules
    private let start: (time: Timestamp, isInclusive: Bool)?
    private let finish: (time: Timestamp, isInclusive: Bool)?
    private let hasSeries: Bool

    init(
        _ operation: GapFillOperator, _ column: Vector, _ context: ExecutionContext
    ) throws(DemetraError) {
        func value(_ program: ExpressionProgram) throws(DemetraError) -> Value {
            try ExpressionEvaluator(program, context).evaluateOne(Batch([], count: 1)).value(at: 0)
        }
        type = operation.input.layout.types[operation.bucket]
        hasSeries = !operation.series.isEmpty
        guard case .interval(let given) = try value(operation.width) else {
            throw DemetraError(.nullValueNotAllowed, "the width of time_bucket_gapfill is NULL")
        }
        width = given
        var rules = context.evaluation.timeZone
        if let zone = operation.zone, case .text(let name) = try value(zone) {
            rules = try context.evaluation.timeZones.rules(name)
        }
        zone = type == .timestamptz ? rules : .utc
        let session = context.evaluation.timeZone
        let isZoned = type == .timestamptz
        func local(_ value: Value) -> Timestamp? {
            switch value {
            case .date(let date): date.timestamp
            case .timestamp(let time): isZoned ? rules.local(session.instant(time)) : time
            case .timestamptz(let time): (isZoned ? rules : session).local(time)
            default: nil
            }
        }
        func bound(
            _ given: GapFillOperator.Bound?
        ) throws(DemetraError) -> (time: Timestamp, isInclusive: Bool)? {
            guard let given, let time = local(try value(given.value)), time.isFinite else {
                return nil
            }
            return (time, given.isInclusive)
        }
        start = try bound(operation.start)
        finish = try bound(operation.finish)
        instants = (0..<column.count).map { row in
            switch column.value(at: row) {
            case .date(let date): date.timestamp.microseconds
            case .timestamp(let time), .timestamptz(let time):
                time.isFinite ? time.microseconds : nil
            default: nil
            }
        }
    }

    /// The instants of the buckets in order; nil where there is nothing to begin or end with.
    ///
    /// - Throws: 54000 for more than `mostBuckets`, 22023 for a width that is none.
    func buckets() throws(DemetraError) -> [Int64]? {
        let known = instants.compactMap { $0 }
        if known.isEmpty, hasSeries { return nil }
        guard
            let first = start?.time
                ?? known.min().map({ zone.local(Timestamp(microseconds: $0)) }),
            let last = finish
                ?? known.max().map({
                    (zone.local(Timestamp(microseconds: $0)), true)
                })
        else { return nil }
        var local = try first.bucket(width)
        var result: [Int64] = []
        var index: Int32 = 0
        let origin = local
        while last.isInclusive ? local <= last.time : local < last.time {
            let instant = zone.instant(local).microseconds
            // A change of clocks can make two local times one instant.
            if result.last != instant { result.append(instant) }
            guard result.count <= Self.mostBuckets else {
                throw DemetraError(
                    .programLimitExceeded,
                    "time_bucket_gapfill gives more than \(Self.mostBuckets) buckets",
                    hint: "Use wider buckets, or bounds nearer to each other.")
            }
            index += 1
            local = try next(origin, index)
        }
        return result
    }

    private func next(_ origin: Timestamp, _ index: Int32) throws(DemetraError) -> Timestamp {
        if width.months != 0 {
            let (months, overflow) = width.months.multipliedReportingOverflow(by: index)
            if overflow { throw DemetraError(.datetimeFieldOverflow, "timestamp out of range") }
            return try origin.adding(Interval(months: months, days: 0, microseconds: 0))
        }
        let (distance, overflow) = (width.fixedMicroseconds ?? 0)
            .multipliedReportingOverflow(by: Int64(index))
        let (sum, carry) = origin.microseconds.addingReportingOverflow(distance)
        if overflow || carry {
            throw DemetraError(.datetimeFieldOverflow, "timestamp out of range")
        }
        return try Timestamp(checking: sum)
    }

    /// Whether a value known at one time is still known at another.
    func reaches(_ reach: Interval?, from: Int64, to: Int64) throws(DemetraError) -> Bool {
        guard let reach else { return true }
        let end = try zone.local(Timestamp(microseconds: from)).adding(reach)
        return zone.local(Timestamp(microseconds: to)) <= end
    }

    /// A column of these times.
    func column(_ instants: [Int64]) -> Vector {
        guard type == .date else {
            return Vector(type: type, count: instants.count, storage: .int64(Buffer(instants)))
        }
        let days = instants.map { Timestamp(microseconds: $0).date.days }
        return Vector(type: .date, count: days.count, storage: .int32(Buffer(days)))
    }
}
