import DemetraPlanner
import DemetraTypes

/// A node of the physical plan: how rows are made.
///
/// Immutable and reusable; all state of a run hangs on what `open` returns. A node that needs all rows
/// of an input first (sort, hash build, aggregate) runs the input's pipeline inside `open` and gives
/// a stream over what it kept; the others add a stage to their input's stream.
protocol PhysicalOperator: Sendable {
    /// The columns given out, in order.
    var layout: ColumnLayout { get }

    /// Makes the rows ready to flow.
    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream

    /// As `open`, for a sort of which only the first rows are wanted: rows behind the border need not come.
    func open(
        _ context: ExecutionContext, border: SharedBorder
    ) throws(DemetraError) -> BatchStream
}

extension PhysicalOperator {
    /// Most operators cannot tell.
    func open(
        _ context: ExecutionContext, border: SharedBorder
    ) throws(DemetraError) -> BatchStream {
        try open(context)
    }
}
