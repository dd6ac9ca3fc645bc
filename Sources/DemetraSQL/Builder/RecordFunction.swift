package import DemetraTypes

/// `jsonb_to_recordset(x) AS t(a integer, b text)` and its kin: rows of the columns that the call itself defines.
///
/// It stands for a query over the elements, each column read by its name and cast:
///
///     (SELECT (e ->> 'a')::integer AS a, (e ->> 'b')::text AS b FROM jsonb_array_elements(x) AS e)
package enum RecordFunction {
    /// What gives the objects: the elements of the argument, or the argument itself.
    private static let elements: [String: String?] = [
        "json_to_recordset": "json_array_elements", "jsonb_to_recordset": "jsonb_array_elements",
        "json_to_record": nil, "jsonb_to_record": nil,
    ]

    /// The query that a call with a list of column definitions stands for.
    ///
    /// - Throws: 42601 when the function gives columns of its own.
    static func table(
        _ call: FunctionCall, _ node: SyntaxNode, range: SourceRange
    ) throws(DemetraError) -> TableReference {
        let name = call.name.last.name
        guard let elements = elements[name] else {
            throw DemetraError(
                .syntaxError,
                "a column definition list is only allowed for functions returning \"record\"",
                hint: "\(call.name.text) has columns of its own: give their names alone."
            ).at(node.range)
        }
        var definitions: [(name: Identifier, type: TypeName)] = []
        for definition in node.all(.definitions) {
            guard let column = definition[.name], let type = definition[.type] else { continue }
            definitions.append((column.identifier, try ExpressionBuilder.typeName(type)))
        }
        return records(
            of: call, elements: elements, definitions,
            alias: node[.name]?.identifier ?? Identifier(name, range: range), range: range)
    }

    /// The query over the objects of a call's arguments.
    ///
    /// - Parameter elements: the function that gives them; nil where the argument is the object.
    package static func records(
        of call: FunctionCall, elements: String?,
        _ definitions: [(name: Identifier, type: TypeName)], alias: Identifier, range: SourceRange
    ) -> TableReference {
        // Quoted names with blanks: nothing that a statement names.
        let object = Identifier("json object", range: range)
        var core = SelectCore(range: range)
        for definition in definitions {
            let value = member(
                definition.name, of: Expression(.column([object]), range: range),
                as: definition.type)
            core.items.append(.expression(value, alias: definition.name))
        }
        core.from = [source(call, elements, object, range)]
        return .query(
            Query(body: .select(core), range: range), lateral: true,
            alias: TableAlias(name: alias, columns: definitions.map(\.name)), range: range)
    }

    private static func source(
        _ call: FunctionCall, _ elements: String?, _ object: Identifier, _ range: SourceRange
    ) -> TableReference {
        let alias = TableAlias(name: object, columns: [object])
        if let elements {
            var function = call
            function.name = ObjectName([Identifier(elements, range: call.name.range)])
            return .function(
                function, lateral: true, withOrdinality: false, alias: alias, range: range)
        }
        var core = SelectCore(range: range)
        for argument in call.arguments {
            guard case .expression(let expression) = argument.value else { continue }
            let type = TypeName(
                name: call.name.last.name.hasPrefix("jsonb") ? "jsonb" : "json", range: range)
            let json = Expression(.cast(expression, type), range: expression.range)
            core.items.append(.expression(json, alias: object))
        }
        return .query(
            Query(body: .select(core), range: range), lateral: true, alias: alias, range: range)
    }

    /// A member of an object as a value of a type; NULL when there is none.
    private static func member(
        _ name: Identifier, of object: Expression, as type: TypeName
    ) -> Expression {
        func node(_ node: ExpressionNode) -> Expression { Expression(node, range: name.range) }
        let key = node(.string(name.name))
        let isJSON = type.arrayDepth == 0 && (type.name == "json" || type.name == "jsonb")
        guard type.arrayDepth > 0 else {
            let part = node(.binary(operator: isJSON ? "->" : "->>", object, key))
            return node(.cast(part, type))
        }
        // A list of JSON is no text of an array: its elements become one.
        let part = node(.cast(node(.binary(operator: "->", object, key)), jsonb(name.range)))
        var core = SelectCore(range: name.range)
        let element = Identifier("json element", range: name.range)
        core.items = [.expression(node(.column([element])), alias: nil)]
        core.from = [
            .function(
                call("jsonb_array_elements_text", part, name.range), lateral: true,
                withOrdinality: false, alias: TableAlias(name: element, columns: [element]),
                range: name.range)
        ]
        let list = node(.arrayQuery(Query(body: .select(core), range: name.range)))
        let kind = node(.call(call("jsonb_typeof", part, name.range)))
        let isList = node(.binary(operator: "=", kind, node(.string("array"))))
        return node(
            .caseWhen(
                operand: nil, [CaseBranch(condition: isList, result: node(.cast(list, type)))],
                otherwise: nil))
    }

    private static func jsonb(_ range: SourceRange) -> TypeName {
        TypeName(name: "jsonb", range: range)
    }

    private static func call(
        _ name: String, _ argument: Expression, _ range: SourceRange
    ) -> FunctionCall {
        FunctionCall(
            name: ObjectName([Identifier(name, range: range)]),
            arguments: [FunctionArgument(value: .expression(argument))])
    }
}
