import DemetraFunctions
import DemetraTypes

/// Adds up the parts of many items on all workers: the same number whatever their count, since items are added piece by
/// piece and pieces in order.
enum OrderedSum {
    private static let leastPiece = 16
    private static let mostPieces = 64

    /// The sum of `count` items.
    ///
    /// - Parameters:
    ///   - empty: the sum of nothing.
    ///   - add: adds an item to a sum.
    ///   - merge: adds a sum to a sum.
    /// - Throws: 57014 when cancelled.
    static func of<Sum: Sendable>(
        _ count: Int, _ empty: Sum, _ context: EvaluationContext,
        add: @escaping @Sendable (_ item: Int, _ sum: inout Sum) -> Void,
        merge: (_ part: Sum, _ sum: inout Sum) -> Void
    ) throws(DemetraError) -> Sum {
        // Pieces do not depend on the number of threads, so neither do sums.
        let size = max(leastPiece, (count + mostPieces - 1) / mostPieces)
        let pieces = (count + size - 1) / size
        let slots = ResultSlots(count: pieces, empty: empty)
        let cancellation = context.cancellation
        context.workers.forEach(pieces) { piece in
            var sum = empty
            for item in piece * size..<min((piece + 1) * size, count) {
                guard !cancellation.isCancelled else { return }
                add(item, &sum)
            }
            slots.set(piece, sum)
        }
        try cancellation.check()
        var sum = empty
        for part in slots.values { merge(part, &sum) }
        return sum
    }
}
