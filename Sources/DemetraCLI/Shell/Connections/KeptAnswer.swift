import Demetra

/// The answer of a query that the shell itself asks.
// Owned by the thread that runs statements.
final class KeptAnswer: StatementOutput {
    private let mostRows: Int
    private(set) var schema = Schema([])
    /// The first rows, each with its values.
    private(set) var rows: [[Value]] = []
    /// All rows, also those that are not kept.
    private(set) var rowCount = 0

    init(mostRows: Int) { self.mostRows = mostRows }

    /// The texts of a row, nil for what is no text.
    func texts(_ row: Int) -> [String?] {
        rows[row].map { if case .text(let text) = $0 { text } else { nil } }
    }

    func begin(_ schema: Schema) { self.schema = schema }

    func rows(_ batch: Batch) {
        for row in 0..<min(batch.count, mostRows - rows.count) { rows.append(batch.row(row)) }
        rowCount += batch.count
    }

    func finish(tag: String) {}

    func notice(_ notice: Notice) {}

    func copySource(columnCount: Int, isBinary: Bool) throws(DemetraError) -> any CopySource {
        throw Self.copy
    }

    func beginCopyOut(columnCount: Int, isBinary: Bool) throws(DemetraError) { throw Self.copy }

    func copyRows(_ bytes: [UInt8], ends: [Int]) {}

    private static let copy = DemetraError(
        .featureNotSupported, "COPY gives no rows here", hint: "Use a query.")
}
