package import DemetraSQL
package import DemetraTypes

// Parameters of prepared statements: `$1`, `$2`, ...

extension Binder {
    /// The highest number that the PostgreSQL protocol can count.
    private static let mostParameters = 65_535

    /// Resolves one statement without values for its parameters, to learn their types and the statement's columns.
    ///
    /// A parameter that has no type takes the one that the place of its first use asks for, as a text literal would
    /// there; one that no place decides is text.
    ///
    /// - Parameter declared: the types that are given, unknown where none is; others may follow.
    /// - Returns: the statement, in which values that the binder needs are stand-ins, and the types of all parameters.
    /// - Throws: as `bind`.
    package func describe(
        _ statement: ParsedStatement, text: String, declared: [LogicalType]
    ) throws(DemetraError) -> (BoundStatement, [LogicalType]) {
        infersParameters = true
        defer { infersParameters = false }
        let bound = try bind(statement, text: text, parameters: declared)
        for (index, type) in parameterTypes.enumerated()
        where type == .unknown && !namedParameters.contains(index + 1) {
            throw DemetraError(
                .indeterminateDatatype,
                "could not determine data type of parameter $\(index + 1)",
                hint: "Use the parameter, or number those that are used from $1 on.")
        }
        return (bound, parameterTypes.map { $0 == .unknown ? .text : $0 })
    }

    /// Resolves one statement with values in the places of its parameters, as if they had been written there: so they
    /// prune and fold as literals do.
    ///
    /// - Throws: as `bind`.
    package func bind(
        _ statement: ParsedStatement, text: String, values: [(Value, LogicalType)]
    ) throws(DemetraError) -> BoundStatement {
        parameterValues = values.map { BoundExpression(.literal($0.0), type: $0.1) }
        return try bind(statement, text: text, parameters: values.map(\.1))
    }

    /// The type of a name, as in a declaration of PREPARE.
    ///
    /// - Throws: 42704 when there is none.
    package static func type(_ name: TypeName) throws(DemetraError) -> LogicalType {
        try TypeNames.resolve(name)
    }

    func parameter(_ number: Int, _ range: SourceRange) throws(DemetraError) -> BoundExpression {
        if infersParameters, number > parameterTypes.count, number <= Self.mostParameters {
            parameterTypes += Array(
                repeating: .unknown, count: number - parameterTypes.count)
        }
        guard number >= 1, number <= parameterTypes.count else {
            throw DemetraError(.undefinedParameter, "there is no parameter $\(number)").at(range)
        }
        if number <= parameterValues.count {
            let value = parameterValues[number - 1]
            return BoundExpression(value.node, type: value.type, range: range)
        }
        namedParameters.insert(number)
        return BoundExpression(
            .parameter(number), type: parameterTypes[number - 1], range: range)
    }

    /// A parameter without a type, whose place wants `type`, with the type that it has from then on; nil for all else.
    func decided(
        _ expression: BoundExpression, as type: LogicalType
    ) throws(DemetraError) -> BoundExpression? {
        guard infersParameters, case .parameter(let number) = expression.node,
            expression.type == .unknown, type != .unknown
        else { return nil }
        if parameterTypes[number - 1] == .unknown { parameterTypes[number - 1] = type.unmodified }
        return BoundExpression(
            .parameter(number), type: parameterTypes[number - 1], range: expression.range)
    }

    /// A value of a type that makes sense wherever a constant has to stand.
    func standIn(_ type: LogicalType) -> Value? {
        switch type {
        case .smallint, .integer, .bigint: .integer(1)
        case .real, .double: .double(1)
        case .numeric: .numeric(Decimal(1))
        case .interval: .interval(Interval(months: 0, days: 1, microseconds: 0))
        case .date: .date(CalendarDate(days: 0))
        case .timestamp: .timestamp(Timestamp(microseconds: 0))
        case .timestamptz: .timestamptz(Timestamp(microseconds: 0))
        case .boolean: .boolean(true)
        default: nil
        }
    }
}
