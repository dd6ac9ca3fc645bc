import DemetraFunctions
import DemetraSQL
import DemetraTypes

// TABLESAMPLE.

extension Binder {
    /// A table of which only some rows are read: a filter over the rows' numbers, below every other condition.
    func bindSample(
        _ table: TableReference, _ sample: TableSample, _ scope: Scope
    ) throws(DemetraError) -> (BoundQuery, [ScopeRelation]) {
        let (whole, relations) = try bindReference(table, scope)
        guard case .scan(var scan) = whole.plan else {
            throw DemetraError(
                .wrongObjectType, "TABLESAMPLE clause can only be applied to tables",
                hint: "Put it behind a table's name in the query that makes these rows."
            ).at(sample.range)
        }
        guard let blockBits = ["bernoulli": 0, "system": 11][sample.method.name] else {
            throw DemetraError(
                .undefinedObject, "tablesample method \(sample.method.name) does not exist",
                hint: "There are BERNOULLI and SYSTEM."
            ).at(sample.method.range)
        }
        guard case .double(let percent)? = try sampleArgument(sample.percent),
            percent >= 0, percent <= 100
        else {
            throw DemetraError(
                .invalidSampleArgument, "sample percentage must be between 0 and 100"
            ).at(sample.percent.range)
        }
        var seed = Value.null
        if let given = sample.seed {
            seed = try sampleArgument(given) ?? .null
            guard !seed.isNull else {
                throw DemetraError(
                    .invalidSampleRepeat, "TABLESAMPLE REPEATABLE parameter cannot be null"
                ).at(given.range)
            }
        }
        let row = newColumn("", .bigint)
        scan.rowID = row
        let isChosen = try scalarCall(
            SampleFunctions.name,
            [
                BoundExpression(.column(row.id), type: .bigint),
                BoundExpression(.literal(.integer(Int64(blockBits))), type: .integer),
                BoundExpression(.literal(.double(percent)), type: .double),
                BoundExpression(.literal(seed), type: .double),
            ], sample.range)
        let plan = LogicalPlan.filter(.scan(scan), isChosen)
        return (BoundQuery(plan: plan, correlated: whole.correlated), relations)
    }

    /// A constant as a double.
    private func sampleArgument(_ expression: Expression) throws(DemetraError) -> Value? {
        let context = ExpressionContext(scope: Scope(parent: nil), clause: "TABLESAMPLE")
        let bound = try coerce(try bind(expression, context), to: .double, .assignment)
        guard let value = constant(bound) else {
            throw DemetraError(
                .featureNotSupported, "an argument of TABLESAMPLE must be a constant"
            ).at(expression.range)
        }
        return value
    }
}
