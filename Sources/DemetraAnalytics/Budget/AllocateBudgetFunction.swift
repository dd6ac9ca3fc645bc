package import DemetraFunctions
package import DemetraTypes
import DemetraVectors

/// `ALLOCATE_BUDGET(rel, budget => B, ...)`: the door from SQL to `BudgetAllocator`.
package enum AllocateBudgetFunction {
    /// The table function.
    package static let function = TableFunction(
        "allocate_budget",
        usage: "rel, budget => double precision, channel => 'channel', spend => 'spend', "
            + "outcome => 'revenue', ts => 'date', bounds => TABLE, max_change => 0.5, level => 0.9, "
            + "settling => text",
        changesArguments: [SettledRows.argument]
    ) { arguments throws(DemetraError) in
        let call = try AllocateBudgetCall(arguments)
        return BoundTableFunction(schema: schema) { relations, context throws(DemetraError) in
            try call.execute(relations, context)
        }
    }

    /// The output columns.
    package static let schema = Schema(
        [Field(name: "channel", type: .text)]
            + [
                "current_spend", "recommended_spend", "change", "change_pct", "current_response",
                "expected_response", "lower", "upper", "marginal_roi", "p_improve",
            ].map { Field(name: $0, type: .double) }
            + ["evidence", "binding", "reason"].map { Field(name: $0, type: .text) })

    /// The rows of an allocation, amounts multiplied by `unit` periods.
    static func batches(_ allocation: BudgetAllocation, unit: Double, totals: Bool) -> [Batch] {
        let rows = allocation.rows + (totals ? [allocation.total] : [])
        // The recommendations are whole cents of the unit; multiplying must not blur that.
        let recommended = rows.map { row -> Double in
            let amount = row.recommendedSpend * unit
            let cents = (amount * 100).rounded() / 100
            return abs(cents - amount) < 1e-6 * max(cents, 1e-3) ? cents : amount
        }
        let change = zip(recommended, rows).map { $0 - $1.currentSpend * unit }
        let columns: [ResultColumn] = [
            .texts(rows.map(\.channel)),
            .doubles(rows.map { $0.currentSpend * unit }),
            .doubles(recommended), .doubles(change),
            .doubles(
                zip(rows, change).map {
                    $0.currentSpend > 0 ? 100 * $1 / ($0.currentSpend * unit) : .nan
                }),
            .doubles(rows.map { $0.currentResponse * unit }),
            .doubles(rows.map { $0.expectedResponse * unit }),
            .doubles(rows.map { $0.lower * unit }), .doubles(rows.map { $0.upper * unit }),
            .doubles(rows.map(\.marginalROI)), .doubles(rows.map(\.improvement)),
            .texts(rows.map(\.evidence.rawValue)), .texts(rows.map(\.binding)),
            .texts(rows.map(\.reason)),
        ]
        return ResultColumn.batches(columns, schema: schema, rowCount: rows.count)
    }
}
