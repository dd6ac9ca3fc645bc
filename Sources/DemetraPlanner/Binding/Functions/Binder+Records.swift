import DemetraCatalog
import DemetraSQL
import DemetraTypes

// json_populate_record(NULL::table, json) and its kin: objects as rows of a table or view.

extension Binder {
    /// What gives the objects: the elements of the argument, or the argument itself.
    private static let populating: [String: String?] = [
        "json_populate_record": nil, "jsonb_populate_record": nil,
        "json_populate_recordset": "json_array_elements",
        "jsonb_populate_recordset": "jsonb_array_elements",
    ]

    /// The query that the call stands for; nil for other calls.
    ///
    /// - Throws: 42704 for a type that is no relation, 0A000 for a first argument that is more than its columns.
    func populatedRecords(
        _ call: FunctionCall, _ alias: TableAlias?, _ range: SourceRange
    ) throws(DemetraError) -> TableReference? {
        let name = call.name.last.name
        guard let elements = Self.populating[name], call.arguments.count == 2 else { return nil }
        guard case .expression(let base) = call.arguments[0].value,
            case .cast(let operand, let type) = base.node, case .null = operand.node,
            type.arrayDepth == 0
        else {
            throw DemetraError(
                .featureNotSupported,
                "\(name) takes the columns of a table or view, and no values of its own",
                hint: "Write \(name)(NULL::table, json)."
            ).at(range)
        }
        let relation = ObjectName([Identifier(type.name, range: type.range)])
        guard catalog.hasRelation(try relationName(relation)) else {
            throw DemetraError(
                .undefinedObject, "type \"\(type.name)\" does not exist",
                hint: "The name of a table or view stands for its columns."
            ).at(type.range)
        }
        let (_, relations) = try bindTable(relation, nil, Scope(parent: nil))
        var definitions: [(name: Identifier, type: TypeName)] = []
        for column in relations.flatMap(\.columns) {
            let text = "NULL::\(column.column.type.shownName)"
            guard case .cast(_, let type) = try SQLParser.parseExpression(text).node else {
                continue
            }
            definitions.append((Identifier(column.name, range: range), type))
        }
        var objects = call
        objects.arguments.removeFirst()
        let names = alias?.columns ?? []
        let records = RecordFunction.records(
            of: objects, elements: elements, definitions,
            alias: alias?.name ?? Identifier(name, range: range), range: range)
        guard !names.isEmpty, case .query(let query, let lateral, _, _) = records else {
            return records
        }
        let shown = definitions.enumerated().map { position, definition in
            position < names.count ? names[position] : definition.name
        }
        return .query(
            query, lateral: lateral,
            alias: TableAlias(
                name: alias?.name ?? Identifier(name, range: range), columns: shown),
            range: range)
    }
}

extension LogicalType {
    /// The name by which it can be cast to.
    fileprivate var shownName: String { self == .unknown ? "text" : description }
}
