import DemetraTypes

/// Where a column of a table stands among the columns of its change feed.
///
///     key column x: x          other column x: old_x, new_x
struct ChangeColumn: Sendable {
    /// Before the change, and after it; the same place for a column of the primary key.
    let old: Int
    let new: Int
}

/// The columns of `changes(...)` that tell how a number settles.
struct ChangeColumns: Sendable {
    private static let fixed = ["commit_time", "commit_sequence", "kind"]
    /// Columns that hold the day, or tell channels apart, by what they are usually called.
    private static let usualDays = ["day", "date", "ts"]
    private static let usualChannels = ["channel", "platform"]

    let commitTime: Int
    let day: ChangeColumn
    let channel: ChangeColumn?
    let metric: ChangeColumn

    /// The columns of these names; those of the day and the channel are the usual ones when nil.
    ///
    /// - Throws: 42703 with the nearest name, 42804 for a type that does not fit, at the argument `metric`, `ts` or
    ///   `channel`.
    init(
        _ schema: Schema, metric: String, day: String?, channel: String?,
        _ call: FunctionArguments
    ) throws(DemetraError) {
        let names = Self.tableColumns(schema)
        func find(_ name: String, _ argument: String) throws(DemetraError) -> ChangeColumn {
            guard let column = Self.column(name, schema) else {
                let nearest = NearestName.find(name, among: names)
                throw DemetraError(
                    .undefinedColumn, "column \"\(name)\" does not exist",
                    hint: nearest.map { "Perhaps you meant \"\($0)\"." }
                        ?? "The columns are \(names.joined(separator: ", "))."
                ).at(call.range(argument))
            }
            return column
        }
        commitTime = try RelationColumns.index(of: Self.fixed[0], in: schema)
        let dates = names.filter { name in
            Self.column(name, schema).map { schema.fields[$0.new].type.isDateTime } ?? false
        }
        let usualDay = Self.usualDays.first { dates.contains($0) } ?? dates.first
        guard let dayName = day ?? usualDay else {
            throw DemetraError(
                .undefinedColumn, "the table has no column of dates",
                hint: "Name the column of days, such as ts => 'day'."
            ).at(call.range("ts"))
        }
        self.day = try find(dayName, "ts")
        guard schema.fields[self.day.new].type.isDateTime else {
            throw DemetraError(
                .datatypeMismatch,
                "column \"\(dayName)\" must be a date or timestamp, but is of type "
                    + "\(schema.fields[self.day.new].type)"
            ).at(call.range("ts"))
        }
        let channelName = channel ?? Self.usualChannels.first { names.contains($0) }
        self.channel = try channelName.map { (name) throws(DemetraError) in
            try find(name, "channel")
        }
        self.metric = try find(metric, "metric")
        guard schema.fields[self.metric.new].type.isNumber else {
            throw DemetraError(
                .datatypeMismatch,
                "column \"\(metric)\" must be a number, but is of type "
                    + "\(schema.fields[self.metric.new].type)",
                hint: "A ratio settles as its parts do: ask for its numerator and denominator."
            ).at(call.range("metric"))
        }
    }

    private static func column(_ name: String, _ schema: Schema) -> ChangeColumn? {
        if !fixed.contains(name), let key = schema.index(of: name) {
            return ChangeColumn(old: key, new: key)
        }
        guard let old = schema.index(of: "old_" + name), let new = schema.index(of: "new_" + name)
        else { return nil }
        return ChangeColumn(old: old, new: new)
    }

    /// The names of the table's own columns.
    private static func tableColumns(_ schema: Schema) -> [String] {
        schema.fields.map(\.name).dropFirst(fixed.count).compactMap { name in
            if name.hasPrefix("old_") { return nil }
            guard name.hasPrefix("new_"), schema.index(of: "old_" + name.dropFirst(4)) != nil
            else { return name }
            return String(name.dropFirst(4))
        }
    }
}
