package import DemetraTypes

extension FunctionArguments {
    /// The columns of a list such as `'country, channel'`; none when the argument was not given.
    ///
    /// - Throws: 42703 with the nearest name.
    package func columns(_ name: String, of schema: Schema) throws(DemetraError) -> [Int] {
        var found: [Int] = []
        for column in ArgumentList.parts(try text(name) ?? "") {
            do throws(DemetraError) {
                found.append(try RelationColumns.index(of: column, in: schema))
            } catch {
                throw error.at(range(name))
            }
        }
        return found
    }

    /// The column of time: the one that the argument names, else `ts`, else `date`, else the only one
    /// of a date or timestamp type.
    ///
    /// - Throws: 42703 when there is none, 42804 for other types.
    package func timeColumn(_ name: String, of schema: Schema) throws(DemetraError) -> Int {
        let usual = ["ts", "date"].first { schema.index(of: $0) != nil }
        let candidates = schema.fields.indices.filter { schema.fields[$0].type.isDateTime }
        let column: Int
        if !has(name), usual == nil, candidates.count == 1 {
            column = candidates[0]
        } else {
            column = try self.column(name, default: usual ?? "ts", of: schema) ?? 0
        }
        let type = schema.fields[column].type
        guard type.isDateTime || type.isInteger else {
            throw DemetraError(
                .datatypeMismatch,
                "column \"\(schema.fields[column].name)\" must be a date or timestamp, but is of "
                    + "type \(type)",
                hint: "Cast it, such as (SELECT ts::date AS ts, ...)."
            ).at(range(name))
        }
        return column
    }

    /// A column of numbers that the argument names, or that has the default name.
    ///
    /// - Throws: 42703 when there is none, 42804 when it holds no numbers.
    package func numberColumn(
        _ name: String, default fallback: String, of schema: Schema
    ) throws(DemetraError) -> Int {
        let column = try self.column(name, default: fallback, of: schema) ?? 0
        let type = schema.fields[column].type
        guard type.isNumber else {
            throw DemetraError(
                .datatypeMismatch,
                "column \"\(schema.fields[column].name)\" must be a number, but is of type \(type)"
            ).at(range(name))
        }
        return column
    }
}
