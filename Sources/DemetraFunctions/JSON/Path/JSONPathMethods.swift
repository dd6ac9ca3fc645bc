import DemetraTypes

extension JSONPathMethod {
    /// What the method makes of an item.
    ///
    /// - Throws: 22036 for what is no number, 22039 and 2203C for what is no array or object.
    func results(
        _ item: JSONValue, root: JSONValue, isForgiving: Bool
    ) throws(DemetraError) -> [JSONValue] {
        switch self {
        case .type: return [.string(item.typeName)]
        case .size:
            if case .array(let elements) = item { return [.number(String(elements.count))] }
            if isForgiving { return [.number("1")] }
            throw DemetraError(
                .sqlJSONArrayNotFound,
                "jsonpath item method .size() can only be applied to an array")
        case .double: return [.number(try double(item))]
        case .ceiling: return [.number(try number(item).ceiling.description)]
        case .floor: return [.number(try number(item).floor.description)]
        case .abs: return [.number(try number(item).magnitude.description)]
        case .keyvalue: return try keyValues(item, root)
        }
    }

    private func number(_ item: JSONValue) throws(DemetraError) -> Decimal {
        if let number = item.decimal { return number }
        throw DemetraError(
            .nonNumericSQLJSONItem,
            "jsonpath item method .\(rawValue)() can only be applied to a numeric value")
    }

    private func double(_ item: JSONValue) throws(DemetraError) -> String {
        let text: String
        switch item {
        case .number(let number): text = number
        case .string(let string): text = string
        default:
            throw DemetraError(
                .nonNumericSQLJSONItem,
                "jsonpath item method .double() can only be applied to a string or numeric value")
        }
        guard case .value(let value) = FloatText.parse(text, isSingle: false), value.isFinite
        else {
            let kind = if case .string = item { "string" } else { "numeric" }
            throw DemetraError(
                .nonNumericSQLJSONItem,
                "\(kind) argument of jsonpath item method .double() is not a valid representation "
                    + "of a double precision number")
        }
        if case .number = item { return text }
        return try Decimal(value).description
    }

    /// An object for each member. `id` is 0 for members of the document itself and 1 for those of others.
    private func keyValues(
        _ item: JSONValue, _ root: JSONValue
    ) throws(DemetraError) -> [JSONValue] {
        guard case .object(let members) = item else {
            throw DemetraError(
                .sqlJSONObjectNotFound,
                "jsonpath item method .keyvalue() can only be applied to an object")
        }
        let id = JSONValue.number(item == root ? "0" : "1")
        return members.map { member in
            .object([("id", id), ("key", .string(member.key)), ("value", member.value)])
        }
    }
}

extension JSONValue {
    /// What `.type()` calls it.
    fileprivate var typeName: String {
        switch self {
        case .null: "null"
        case .boolean: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
