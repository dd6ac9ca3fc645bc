import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// The keys of a sort, compiled.
struct SortKeys: Sendable {
    let program: ExpressionProgram
    let descending: [Bool]
    let nullsFirst: [Bool]

    init(_ keys: [PlanSortKey], layout: ColumnLayout) throws(DemetraError) {
        program = try ExpressionCompiler.compile(keys.map(\.expression), layout: layout)
        descending = keys.map(\.descending)
        nullsFirst = keys.map(\.nullsFirst)
    }

    /// Some values, any order of which will do.
    init(ascending keys: [BoundExpression], layout: ColumnLayout) throws(DemetraError) {
        try self.init(
            keys.map { PlanSortKey(expression: $0, descending: false, nullsFirst: false) },
            layout: layout)
    }

    /// All columns, any order of which will do.
    init(allOf layout: ColumnLayout) throws(DemetraError) {
        try self.init(
            ascending: layout.columns.map { BoundExpression(.column($0.id), type: $0.type) },
            layout: layout)
    }

    /// The key columns of `rows` rows, ready for the kernel.
    func keys(
        _ columns: [Vector], count: Int, _ context: ExecutionContext
    ) throws(DemetraError) -> [SortKey] {
        let vectors = try ExpressionEvaluator(program, context)
            .evaluate(Batch(columns, count: count))
        return vectors.enumerated().map { index, vector in
            SortKey(vector, descending: descending[index], nullsFirst: nullsFirst[index])
        }
    }

    /// The position behind the rows that equal row `last`; the rows are sorted by these keys.
    func endOfTies(
        _ columns: [Vector], count: Int, last: Int, _ context: ExecutionContext
    ) throws(DemetraError) -> Int {
        let vectors = try keys(columns, count: count, context).map(\.vector)
        var end = last + 1
        while end < count {
            let same = vectors.allSatisfy { $0.value(at: end) == $0.value(at: last) }
            if !same { break }
            end += 1
        }
        return end
    }
}

/// Sorts all rows; equal rows keep their order.
struct SortOperator: PhysicalOperator {
    let input: any PhysicalOperator
    let keys: SortKeys
    var layout: ColumnLayout { input.layout }

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        let sort = ExternalSort(keys: keys, types: layout.types, for: "sort", context)
        try context.run(try input.open(context), into: sort)
        return try sort.stream()
    }
}

/// Columns and the order to give their rows out in; rows are gathered as they are read.
struct SortedRows: BatchSource {
    private static let rowsPerMorsel = Batch.capacity * 32

    let columns: [Vector]
    let permutation: Buffer<Int32>

    var morselCount: Int {
        (permutation.count + Self.rowsPerMorsel - 1) / Self.rowsPerMorsel
    }

    func makeCursor() -> any BatchCursor { Cursor(self) }

    private final class Cursor: BatchCursor {
        private let rows: SortedRows
        init(_ rows: SortedRows) { self.rows = rows }

        func read(morsel: Int, into consumer: any BatchConsumer) throws(DemetraError) {
            var start = morsel * SortedRows.rowsPerMorsel
            let end = min(start + SortedRows.rowsPerMorsel, rows.permutation.count)
            while start < end, consumer.wantsMore {
                let count = min(Batch.capacity, end - start)
                let order = TakeKernel.slice(rows.permutation, from: start, count: count)
                let vectors = rows.columns.map { $0.taking(rows: order) }
                try consumer.consume(Batch(vectors, count: count))
                start += count
            }
        }
    }
}
