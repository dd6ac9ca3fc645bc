import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// Keeps the rows for which every predicate is true, the predicates in order.
struct FilterOperator: PhysicalOperator {
    let input: any PhysicalOperator
    let predicates: [ExpressionProgram]
    var layout: ColumnLayout { input.layout }

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        try input.open(context).adding(Stage(predicates: predicates, context: context))
    }

    struct Stage: StreamStage {
        let predicates: [ExpressionProgram]
        let context: ExecutionContext

        func makeConsumer(_ next: any BatchConsumer) -> any BatchConsumer {
            Consumer(predicates.map { ExpressionEvaluator($0, context) }, next)
        }
    }

    private final class Consumer: BatchConsumer {
        private let predicates: [ExpressionEvaluator]
        private let next: any BatchConsumer

        init(_ predicates: [ExpressionEvaluator], _ next: any BatchConsumer) {
            self.predicates = predicates
            self.next = next
        }

        var wantsMore: Bool { next.wantsMore }

        func consume(_ batch: Batch) throws(DemetraError) {
            var rows = batch
            for predicate in predicates {
                let selection = try predicate.select(rows, within: nil)
                if selection.count == 0 { return }
                if selection.count < rows.count { rows = rows.taking(selection) }
            }
            try next.consume(rows)
        }
    }
}
