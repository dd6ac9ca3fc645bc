import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// Leaves days out of a relation whose numbers still grow: the argument `settling => 'table'` of other functions.
// Immutable after init.
struct SettledRows: Sendable {
    /// The argument that names the table whose history tells how its days settle.
    static let argument = "settling"

    private let changes: FunctionArguments.Relation
    private let columns: ChangeColumns
    private let time: Int

    /// Nil when the argument was not given.
    ///
    /// - Parameters:
    ///   - metric: the column of the relation whose numbers settle; the table's is called the same.
    ///   - time: the relation's column of days.
    /// - Throws: 42703 when the table has no such columns, 42804 when the relation has no days.
    init?(
        _ call: FunctionArguments, _ schema: Schema, metric: Int, time: Int
    ) throws(DemetraError) {
        guard call.has(Self.argument) else { return nil }
        changes = try call.changes(Self.argument)
        let (metric, day) = (schema.fields[metric].name, schema.fields[time])
        guard day.type.isDateTime else {
            throw DemetraError(
                .datatypeMismatch,
                "column \"\(day.name)\" of type \(day.type) has no days that could settle"
            ).at(call.range(Self.argument))
        }
        do throws(DemetraError) {
            columns = try ChangeColumns(
                changes.schema, metric: metric, day: nil, channel: nil, call)
        } catch {
            var error = error
            error.hint =
                "The relation's column must be called as in the table that \"settling\" names."
            throw error.at(call.range(Self.argument))
        }
        self.time = time
    }

    /// The rows of days that are settled in every channel.
    ///
    /// - Throws: 57014 when cancelled.
    func rows(
        _ rows: RelationColumns, _ relations: [[Batch]], _ context: EvaluationContext
    ) throws(DemetraError) -> RelationColumns {
        let feed = RelationColumns(
            schema: changes.schema, batches: relations[changes.index])
        let curves = SettlingCurves(
            try SettlingHistory(
                feed, columns, oldest: SettlingArguments.usualOldest, zone: .utc,
                context.cancellation))
        // The current day is never over.
        let age = curves.curves.reduce(1) {
            max($0, $1.firstFlatAge(tolerance: SettlingArguments.usualTolerance))
        }
        guard !curves.curves.isEmpty else { return rows }
        let last = curves.history.lastDay - Int64(age)
        let days = DayColumn.days(rows, time, zone: .utc)
        var kept: [Batch] = []
        var (start, count) = (0, 0)
        for batch in rows.batches {
            let wanted = (0..<batch.count).filter { (days[start + $0] ?? last) <= last }
            start += batch.count
            count += wanted.count
            kept.append(
                wanted.count == batch.count
                    ? batch : batch.taking(rows: Buffer(wanted.map { Int32($0) })))
        }
        guard count < rows.rowCount else { return rows }
        let day = CalendarDate(day: last + 1)
        context.notices.post(
            Notice(
                "\(rows.rowCount - count) rows from \(day) on were left out: a day settles in "
                    + "\(age) days"))
        return RelationColumns(schema: rows.schema, batches: kept)
    }
}
