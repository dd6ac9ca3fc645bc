import DemetraTypes

/// The `holidays` relation of FORECAST: days with names, as codes.
// Immutable after init.
struct HolidayCalendar: Sendable {
    private var codes: [Int64: Int32] = [:]

    /// Reads the columns `date` and, when there is one, `name`; without names all days are alike.
    ///
    /// - Throws: 42703 without a column `date`, 42804 when it is no date.
    init(_ rows: RelationColumns) throws(DemetraError) {
        let date = try Self.dateColumn(rows.schema)
        let names = rows.schema.index(of: "name").map { rows.texts($0) }
        let known = Set((names ?? []).compactMap { $0 }).sorted()
        let numbers = Dictionary(
            uniqueKeysWithValues: known.enumerated().map { ($1, Int32($0 + 1)) })
        for (row, instant) in rows.instants(date).enumerated() {
            guard let instant else { continue }
            let day = Civil.floorDivide(instant, Civil.microsecondsPerDay)
            let code = names?[row].flatMap { numbers[$0] } ?? 0
            // Two holidays on one day: the first by name, whatever the order of rows.
            codes[day] = min(codes[day] ?? code, code)
        }
    }

    /// The column of the day.
    ///
    /// - Throws: 42703, 42804.
    static func dateColumn(_ schema: Schema) throws(DemetraError) -> Int {
        let date = try RelationColumns.index(of: "date", in: schema)
        guard schema.fields[date].type.isDateTime else {
            throw DemetraError(
                .datatypeMismatch,
                "column \"date\" of the holidays must be a date, but is of type "
                    + schema.fields[date].type.description)
        }
        return date
    }

    /// The code of a local time, -1 on ordinary days.
    func code(_ instant: Int64) -> Int32 {
        codes[Civil.floorDivide(instant, Civil.microsecondsPerDay)] ?? -1
    }
}
