import DemetraFunctions

/// Whether numbers of sequences are taken at the top of a plan, where an INSERT completes its rows.
extension LogicalPlan {
    /// True for a projection that calls `nextval`: its rows want to be met in their order.
    package var callsSequences: Bool {
        guard case .project(_, let columns) = self else { return false }
        return columns.contains { column in
            var calls = false
            column.expression.forEachPart { part in
                if case .call(let function, _) = part.node, function.name == "nextval" {
                    calls = true
                }
            }
            return calls
        }
    }
}
