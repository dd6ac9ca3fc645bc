import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// One call of a function that a recommendation rests on.
struct EvidenceQuery: Sendable {
    let function: TableFunction
    let relation: EvidenceRelation
    let arguments: [(name: String, value: Value)]

    /// What the call answers.
    ///
    /// - Throws: what the function throws, such as 22023 for too little history.
    func rows(_ context: EvaluationContext) throws(DemetraError) -> [EvidenceRow] {
        var given = [
            TableFunctionArgument(name: nil, content: .relation(relation.schema), range: .none)
        ]
        for (name, value) in arguments {
            given.append(
                TableFunctionArgument(name: name, content: .value(value, .unknown), range: .none))
        }
        let bound = try function.bind(given)
        // What the functions would say of their rows is said once, by the recommendations themselves.
        let batches = try bound.execute(
            [relation.batches], context.noting(on: NoticeBoard()))
        return batches.flatMap { batch in
            (0..<batch.count).map { EvidenceRow(schema: bound.schema, values: batch.row($0)) }
        }
    }

    /// The statement that gives the same rows.
    var sql: String {
        let written = arguments.map { "\($0.name) => \(Self.literal($0.value))" }
        return "SELECT * FROM \(function.name.uppercased())("
            + ([relation.sql] + written).joined(separator: ", ") + ")"
    }

    /// The call and the rows of its answer that count, as a JSON object.
    func json(_ rows: [EvidenceRow], _ zone: TimeZoneRules) -> String {
        let members = arguments.map { name, value in
            JSONText.quoted(name) + ": " + Self.json(value, zone)
        }
        return EvidenceText.json(
            function: function.name.uppercased(),
            arguments: "{" + members.joined(separator: ", ") + "}", rows: rows, sql: sql, zone)
    }

    private static func json(_ value: Value, _ zone: TimeZoneRules) -> String {
        switch value {
        case .boolean: JSONOutput.text(value, .boolean, zone: zone)
        case .integer: JSONOutput.text(value, .bigint, zone: zone)
        case .double: JSONOutput.text(value, .double, zone: zone)
        case .date: JSONOutput.text(value, .date, zone: zone)
        default: JSONOutput.text(value, .text, zone: zone)
        }
    }

    /// A text as SQL spells it.
    static func quoted(_ text: String) -> String {
        let parts = text.split(separator: "'", omittingEmptySubsequences: false)
        return "'" + parts.joined(separator: "''") + "'"
    }

    private static func literal(_ value: Value) -> String {
        switch value {
        case .text(let text): Self.quoted(text)
        case .date(let date): "DATE '\(date)'"
        case .integer(let number): "\(number)"
        case .double(let number): PlainNumber.text(number)
        case .boolean(let flag): flag ? "true" : "false"
        default: "NULL"
        }
    }
}

/// The proof of a recommendation.
enum EvidenceText {
    /// A JSON object: what was asked, what it answered, and the statement that asks again.
    static func json(
        function: String, arguments: String, rows: [EvidenceRow], sql: String,
        _ zone: TimeZoneRules
    ) -> String {
        "{\"function\": " + JSONText.quoted(function) + ", \"arguments\": " + arguments
            + ", \"rows\": [" + rows.map { $0.json(zone) }.joined(separator: ", ")
            + "], \"sql\": " + JSONText.quoted(sql) + "}"
    }
}
