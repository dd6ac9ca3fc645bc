import DemetraCatalog
import DemetraSQL
import DemetraTypes

/// Reads `WITH (time = 'ts', retention = '400 days')` of CREATE TABLE and `SET (...)`, `RESET (...)` of ALTER
/// TABLE into a table's definition.
struct TableOptions {
    private static let names = ["time", "partition", "restate", "retention", "history", "order"]

    /// The definition with the options given to it.
    ///
    /// - Throws: 22023 for unknown options and bad values, 42703 for unknown columns, 42P16 where an option
    ///   needs what the table has not.
    static func apply(
        _ options: [TableOption], to table: TableDefinition
    ) throws(DemetraError) -> TableDefinition {
        var table = table
        var seen: Set<String> = []
        for option in options {
            let name = option.name.name
            guard names.contains(name) else { throw unknown(option.name) }
            guard seen.insert(name).inserted else {
                throw DemetraError(
                    .invalidParameterValue, "table option \"\(name)\" specified more than once"
                ).at(option.name.range)
            }
            try set(option, in: &table)
        }
        // Checked at the end: an option may be given before the one that it needs.
        for option in options { try check(option.name, table) }
        return table
    }

    /// The definition with options back at their defaults.
    ///
    /// - Throws: 22023 for unknown options.
    static func reset(
        _ options: [Identifier], in table: TableDefinition
    ) throws(DemetraError) -> TableDefinition {
        var table = table
        for option in options {
            switch option.name {
            case "time":
                table.timeColumn = TableDefinition.defaultTimeColumn(table.columns, table.keys)
            case "partition": table.partition = .month
            case "restate": table.restates = false
            case "retention": table.retention = nil
            case "history": table.history = nil
            case "order": table.order = nil
            default: throw unknown(option)
            }
        }
        if let place = options.first { try checkRetention(place, table) }
        return table
    }

    private static func set(
        _ option: TableOption, in table: inout TableDefinition
    ) throws(DemetraError) {
        switch option.name.name {
        case "time": table.timeColumn = try timeColumn(option, table)
        case "restate": table.restates = try flag(option)
        case "partition":
            guard let partition = PartitionInterval(try interval(option)) else {
                throw invalid(
                    option, "A partition is a number of months, or a fixed time of whole hours.",
                    hint: "Write partition = '1 month', or '7 days', or '6 hours'.")
            }
            table.partition = partition
        case "retention": table.retention = try span(option)
        case "history": table.history = try span(option)
        default: table.order = try order(option, table)
        }
    }

    private static func check(
        _ option: Identifier, _ table: TableDefinition
    ) throws(DemetraError) {
        if option.name == "restate", table.restates, table.primaryKey == nil {
            throw DemetraError(
                .invalidTableDefinition, "restate = true needs a primary key",
                hint: "Add PRIMARY KEY (...)."
            ).at(option.range)
        }
        if option.name == "retention" || option.name == "time" {
            try checkRetention(option, table)
        }
        if option.name == "history", table.isTemporary {
            throw DemetraError(
                .invalidTableDefinition, "a temporary table keeps no history",
                hint: "Leave the option out, or create an ordinary table."
            ).at(option.range)
        }
        if option.name == "partition", table.timeColumn == nil {
            throw timeless("partition", table).at(option.range)
        }
    }

    private static func checkRetention(
        _ place: Identifier, _ table: TableDefinition
    ) throws(DemetraError) {
        guard table.retention != nil, table.timeColumn == nil else { return }
        throw timeless("retention", table).at(place.range)
    }

    private static func timeless(_ option: String, _ table: TableDefinition) -> DemetraError {
        DemetraError(
            .invalidTableDefinition, "\(option) needs a time column",
            detail: "Table \"\(table.name)\" has no date or timestamp that is NOT NULL.",
            hint: "Name one: WITH (time = 'column', ...).")
    }

    // MARK: Values

    private static func timeColumn(
        _ option: TableOption, _ table: TableDefinition
    ) throws(DemetraError) -> Int {
        let position = try column(option.value, option, table)
        guard table.columns[position].type.isDateTime else {
            throw DemetraError(
                .datatypeMismatch,
                "time column \"\(option.value)\" is of type \(table.columns[position].type)",
                hint: "Name a column of type date, timestamp or timestamptz."
            ).at(option.name.range)
        }
        return position
    }

    /// `a, b`: names as in SQL, in lower case unless they are quoted or spelt as the column is.
    private static func order(
        _ option: TableOption, _ table: TableDefinition
    ) throws(DemetraError) -> [Int32] {
        var order: [Int32] = []
        for part in option.value.split(separator: ",", omittingEmptySubsequences: false) {
            var name = part.drop { $0.isWhitespace }
            while name.last?.isWhitespace == true { name.removeLast() }
            if name.count > 1, name.first == "\"", name.last == "\"" {
                name = name.dropFirst().dropLast()
            } else if table.columnIndex(String(name)) == nil {
                name = name.lowercased()[...]
            }
            let found = table.columns[try column(String(name), option, table)]
            guard !order.contains(found.id) else {
                throw DemetraError(
                    .duplicateColumn, "column \"\(found.name)\" appears twice in option \"order\""
                ).at(option.name.range)
            }
            switch found.type {
            case .json, .jsonb, .interval, .bytea, .array:
                throw DemetraError(
                    .datatypeMismatch,
                    "rows cannot be ordered by \"\(found.name)\" of type \(found.type)",
                    hint: "Order by numbers, texts, dates and times."
                ).at(option.name.range)
            default: order.append(found.id)
            }
        }
        return order
    }

    private static func column(
        _ name: String, _ option: TableOption, _ table: TableDefinition
    ) throws(DemetraError) -> Int {
        if let position = table.columnIndex(name) { return position }
        let nearest = NearestName.find(name, among: table.columns.map(\.name))
        throw DemetraError(
            .undefinedColumn,
            "column \"\(name)\" named in option \"\(option.name.name)\" does not exist",
            hint: nearest.map { "Perhaps you meant \"\($0)\"." }
        ).at(option.name.range)
    }

    private static func flag(_ option: TableOption) throws(DemetraError) -> Bool {
        switch option.value.lowercased() {
        case "true", "on", "yes", "1": return true
        case "false", "off", "no", "0": return false
        default:
            throw invalid(option, "It is true or false.", hint: "Write restate = true.")
        }
    }

    private static func interval(_ option: TableOption) throws(DemetraError) -> Interval {
        do throws(DemetraError) {
            return try IntervalText.parse(option.value)
        } catch {
            throw invalid(
                option, "It is an interval.",
                hint: "Write \(option.name.name) = '\(example(option))'.")
        }
    }

    /// A time to look back: positive.
    private static func span(_ option: TableOption) throws(DemetraError) -> Interval {
        let interval = try interval(option)
        guard interval.months >= 0, interval.days >= 0, interval.microseconds >= 0,
            interval != Interval()
        else {
            throw invalid(
                option, "It is a positive interval.",
                hint: "Write \(option.name.name) = '\(example(option))', or RESET the option.")
        }
        return interval
    }

    private static func example(_ option: TableOption) -> String {
        switch option.name.name {
        case "partition": "1 month"
        case "history": "90 days"
        default: "400 days"
        }
    }

    private static func invalid(
        _ option: TableOption, _ detail: String, hint: String
    ) -> DemetraError {
        DemetraError(
            .invalidParameterValue,
            "invalid value for table option \"\(option.name.name)\": \"\(option.value)\"",
            detail: detail, hint: hint
        ).at(option.name.range)
    }

    private static func unknown(_ option: Identifier) -> DemetraError {
        let nearest = NearestName.find(option.name, among: names).map {
            "Perhaps you meant \"\($0)\"."
        }
        return DemetraError(
            .invalidParameterValue, "unrecognized table option \"\(option.name)\"",
            hint: nearest ?? "Options are \(names.dropLast().joined(separator: ", ")) and order."
        ).at(option.range)
    }
}
