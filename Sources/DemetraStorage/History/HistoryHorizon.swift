import DemetraCatalog
import DemetraTypes

extension TableDefinition {
    /// The earliest time that `history` lets questions ask for when it is `now`; nil without history, and
    /// when it reaches back further than times do.
    func earliestTime(_ now: Timestamp) -> Timestamp? {
        guard let history, let back = try? history.negated() else { return nil }
        return try? now.adding(back)
    }
}
