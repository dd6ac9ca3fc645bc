package import DemetraFunctions
package import DemetraTypes
import DemetraVectors

/// `SIMULATE_BUDGET(rel, spends => TABLE(channel, spend), ...)`: the door from SQL to `BudgetSimulation`.
package enum SimulateBudgetFunction {
    /// The table function.
    package static let function = TableFunction(
        "simulate_budget",
        usage: "rel, spends => TABLE, channel => 'channel', spend => 'spend', "
            + "outcome => 'revenue', ts => 'date', per => 'period', level => 0.9, settling => text",
        changesArguments: [SettledRows.argument]
    ) { arguments throws(DemetraError) in
        let call = try SimulateBudgetCall(arguments)
        return BoundTableFunction(schema: schema) { relations, context throws(DemetraError) in
            try call.execute(relations, context)
        }
    }

    /// The output columns.
    package static let schema = Schema(
        [Field(name: "channel", type: .text)]
            + [
                "current_spend", "spend", "change", "change_pct", "current_response",
                "expected_response", "lower", "upper", "gain", "gain_lower", "gain_upper",
                "p_improve", "p_profit", "marginal_roi",
            ].map { Field(name: $0, type: .double) }
            + ["evidence", "notice"].map { Field(name: $0, type: .text) })

    /// Rows of a simulation, amounts multiplied by `unit` periods.
    static func batches(_ rows: [BudgetSimulation.Row], unit: Double) -> [Batch] {
        func amounts(_ value: (BudgetSimulation.Row) -> Double) -> ResultColumn {
            .doubles(rows.map { value($0) * unit })
        }
        let columns: [ResultColumn] = [
            .texts(rows.map(\.channel)), amounts(\.currentSpend), amounts(\.spend),
            amounts { $0.spend - $0.currentSpend },
            .doubles(
                rows.map {
                    $0.currentSpend > 0 ? 100 * ($0.spend / $0.currentSpend - 1) : .nan
                }),
            amounts(\.currentResponse), amounts(\.expectedResponse), amounts(\.bounds.lower),
            amounts(\.bounds.upper), amounts { $0.expectedResponse - $0.currentResponse },
            amounts(\.gainBounds.lower), amounts(\.gainBounds.upper),
            .doubles(rows.map(\.improvement)), .doubles(rows.map(\.profit)),
            .doubles(rows.map(\.marginalROI)), .texts(rows.map(\.evidence.rawValue)),
            .notes(rows.map(\.notes)),
        ]
        return ResultColumn.batches(columns, schema: schema, rowCount: rows.count)
    }
}
