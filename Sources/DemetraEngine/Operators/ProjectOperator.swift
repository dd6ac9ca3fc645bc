import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// Computes the columns given out.
struct ProjectOperator: PhysicalOperator {
    let input: any PhysicalOperator
    let program: ExpressionProgram
    let layout: ColumnLayout

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        try input.open(context).adding(Stage(program: program, context: context))
    }

    struct Stage: StreamStage {
        let program: ExpressionProgram
        let context: ExecutionContext

        func makeConsumer(_ next: any BatchConsumer) -> any BatchConsumer {
            Consumer(ExpressionEvaluator(program, context), next)
        }
    }

    private final class Consumer: BatchConsumer {
        private let evaluator: ExpressionEvaluator
        private let next: any BatchConsumer

        init(_ evaluator: ExpressionEvaluator, _ next: any BatchConsumer) {
            self.evaluator = evaluator
            self.next = next
        }

        var wantsMore: Bool { next.wantsMore }

        func consume(_ batch: Batch) throws(DemetraError) {
            try next.consume(Batch(try evaluator.evaluate(batch), count: batch.count))
        }
    }
}
