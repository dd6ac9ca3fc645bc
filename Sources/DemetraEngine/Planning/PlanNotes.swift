import DemetraCatalog
import DemetraTypes

/// What a plan comes to depend on while it is made, besides the statement, the catalog and the session's settings.
///
/// A plan that holds the time or the value of a parameter is good for one execution.
// Owned by the statement that makes the plan.
final class PlanNotes {
    /// Constants of more bytes are computed anew rather than kept.
    private static let mostBytes = 64 << 10

    /// It holds what another execution would compute anew.
    private(set) var isOfTheMoment = false
    /// The tables whose sizes decided something, with the sizes.
    private(set) var rowCounts: [TableID: Int] = [:]
    private var byteCount = 0

    /// A constant was computed from more than the statement's text.
    func noteMoment() { isOfTheMoment = true }

    /// A constant of the plan takes memory.
    func noteConstant(byteCount: Int) {
        self.byteCount += byteCount
        if self.byteCount > Self.mostBytes { isOfTheMoment = true }
    }

    /// The size of a table was asked for.
    func note(rowCount: Int, of table: TableID) { rowCounts[table] = rowCount }
}
