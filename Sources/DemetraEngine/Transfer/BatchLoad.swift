import DemetraCatalog
import DemetraStorage
import DemetraTypes

/// Loading a batch of rows under a name, so that loading it again changes nothing.
struct BatchLoad {
    let id: String
    let table: TableDefinition

    /// Nil without a name.
    ///
    /// - Throws: 22023 for a name that is empty or too long.
    init?(_ id: String?, _ table: TableDefinition) throws(DemetraError) {
        guard let id else { return nil }
        guard !id.isEmpty, id.utf8.count <= LoadedBatch.longestNameBytes else {
            throw DemetraError(
                .invalidParameterValue,
                "a batch id has 1 to \(LoadedBatch.longestNameBytes) bytes, not \(id.utf8.count)")
        }
        self.id = id
        self.table = table
    }

    /// The batch, when the table has got it.
    func loaded(in snapshot: Snapshot) -> LoadedBatch? {
        snapshot.loadedBatch(id, of: table.id)
    }

    /// The batch, when it is what a commit failed of: another session was faster.
    func loadedMeanwhile(_ error: DemetraError, _ session: Session) -> LoadedBatch? {
        error.sqlState == .serializationFailure ? loaded(in: session.snapshot) : nil
    }

    /// Says that nothing was done.
    func notice(_ batch: LoadedBatch) -> Notice {
        let time = ValueText.text(.timestamptz(batch.time), type: .timestamptz) ?? ""
        return Notice(
            "batch \"\(id)\" of table \"\(table.name)\" was loaded before, nothing is changed",
            hint: "It brought \(batch.rowCount) rows at \(time).")
    }
}
