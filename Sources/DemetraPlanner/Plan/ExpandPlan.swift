package import DemetraFunctions

/// One call of a set-returning function.
package struct SetCall: Sendable {
    /// The function.
    package var function: SetFunction
    /// Its arguments, over the columns of the input.
    package var arguments: [BoundExpression]
    /// The columns it makes.
    package var columns: [PlanColumn]

    /// Makes a call.
    package init(
        function: SetFunction, arguments: [BoundExpression], columns: [PlanColumn]
    ) {
        self.function = function
        self.arguments = arguments
        self.columns = columns
    }
}

/// Repeats each row of the input for the rows that set-returning functions make of it.
///
/// Several calls go in step: the n-th row of each stands beside the n-th of the others, and a call that has
/// run out gives NULL.
package struct ExpandPlan: Sendable {
    /// The rows.
    package var input: LogicalPlan
    /// The calls.
    package var calls: [SetCall]
    /// WITH ORDINALITY: a bigint column that counts the rows made of one row.
    package var ordinality: PlanColumn?
    /// A row of which nothing is made stays, with NULLs: LEFT JOIN LATERAL.
    package var keepsEmpty: Bool

    /// Makes a plan.
    package init(
        input: LogicalPlan, calls: [SetCall], ordinality: PlanColumn? = nil,
        keepsEmpty: Bool = false
    ) {
        self.input = input
        self.calls = calls
        self.ordinality = ordinality
        self.keepsEmpty = keepsEmpty
    }

    /// The columns it adds to the input's.
    package var added: [PlanColumn] {
        calls.flatMap(\.columns) + (ordinality.map { [$0] } ?? [])
    }
}
