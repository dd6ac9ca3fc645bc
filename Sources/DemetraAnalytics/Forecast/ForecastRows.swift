import DemetraTypes
import DemetraVectors

/// Collects the output of FORECAST column by column.
struct ForecastRows {
    private let seriesFields: [Field]
    private let timeField: Field
    private let level: Double
    private let zone: TimeZoneRules
    private var keys: [[Value]] = []
    private var times: [Value] = []
    private var path: [Double] = []
    private var lower: [Double] = []
    private var upper: [Double] = []
    private var methods: [String?] = []
    private var skills: [Double] = []
    private var notices: [String?] = []

    /// No rows yet.
    init(series: [Field], time: Field, level: Double, zone: TimeZoneRules) {
        (seriesFields, timeField, self.level, self.zone) = (series, time, level, zone)
    }

    /// The output columns: those of the series, then the fixed ones.
    static func schema(series: [Field], time: Field) -> Schema {
        Schema(
            series.map { Field(name: $0.name, type: $0.type) }
                + [Field(name: "ts", type: time.type)]
                + ["forecast", "lower", "upper", "level"].map { Field(name: $0, type: .double) }
                + [
                    Field(name: "method", type: .text), Field(name: "skill", type: .double),
                    Field(name: "notice", type: .text),
                ])
    }

    /// The steps ahead of a series; one row of NULLs where there is no forecast.
    mutating func addForecast(_ answer: SeriesAnswer) {
        guard let forecast = answer.forecast else {
            add(answer.series.key, .null, .nan, .nan, .nan, nil, .nan, answer.notice)
            return
        }
        let notice = answer.notice
        for step in forecast.path.indices {
            add(
                answer.series.key, time(answer.series, answer.series.end + step),
                forecast.path[step], forecast.lower[step], forecast.upper[step], forecast.method,
                forecast.skill, notice)
        }
    }

    /// The back-test of a series, look by look; one row of NULLs where there is none.
    mutating func addBackTest(_ answer: SeriesAnswer) {
        let looks = answer.forecast?.looks ?? []
        if looks.isEmpty {
            let notice =
                answer.failure == nil
                ? "no back-test: the history is too short or constant" : answer.notice
            add(answer.series.key, .null, .nan, .nan, .nan, nil, .nan, notice)
        }
        let start = answer.series.end - answer.series.values.count
        for (number, look) in looks.enumerated() {
            let notice = "back-test \(number + 1) of \(looks.count)"
            for step in look.path.indices {
                add(
                    answer.series.key, time(answer.series, start + look.cut + step),
                    look.path[step], look.lower[step], look.upper[step], answer.forecast?.method,
                    answer.forecast?.skill ?? .nan, notice)
            }
        }
    }

    /// The rows as batches.
    func batches() -> [Batch] {
        let schema = Self.schema(series: seriesFields, time: timeField)
        let numbers: [ResultColumn] = [
            .doubles(path), .doubles(lower), .doubles(upper),
            .doubles(Array(repeating: level, count: path.count)), .texts(methods),
            .doubles(skills), .texts(notices),
        ]
        return stride(from: 0, to: path.count, by: Batch.capacity).map { start in
            let rows = start..<min(start + Batch.capacity, path.count)
            let series = seriesFields.indices.map { column in
                Vector(rows.map { keys[$0][column] }, type: seriesFields[column].type)
            }
            let time = Vector(Array(times[rows]), type: timeField.type)
            let fields = schema.fields.dropFirst(seriesFields.count + 1)
            return Batch(
                series + [time] + zip(numbers, fields).map { $0.vector(rows, type: $1.type) },
                count: rows.count)
        }
    }

    private mutating func add(
        _ key: [Value], _ time: Value, _ value: Double, _ low: Double, _ high: Double,
        _ method: String?, _ skill: Double, _ notice: String?
    ) {
        keys.append(key)
        times.append(time)
        let isFinite = value.isFinite && low.isFinite && high.isFinite
        path.append(isFinite ? value : .nan)
        lower.append(isFinite ? low : .nan)
        upper.append(isFinite ? high : .nan)
        methods.append(method)
        skills.append(skill.isFinite ? skill : .nan)
        notices.append(notice)
    }

    /// The time of a step in the type of the time column; NULL beyond its range.
    private func time(_ series: PreparedSeries, _ step: Int) -> Value {
        guard let instant = series.placement.instant(step, zone) else { return .null }
        let days = Civil.floorDivide(instant, Civil.microsecondsPerDay)
        switch timeField.type {
        case .date: return .date(CalendarDate(days: Int32(clamping: days)))
        case .timestamp: return .timestamp(Timestamp(microseconds: instant))
        case .timestamptz: return .timestamptz(Timestamp(microseconds: instant))
        case .smallint: return days > 32_767 || days < -32_768 ? .null : .integer(days)
        case .integer: return .integer(Int64(Int32(clamping: days)))
        default: return .integer(days)
        }
    }
}
