extension VisibleGroup {
    /// The hidden rows with the commits that hid them; commit 0 where that is not known.
    var hidden: [(row: Int, sequence: CommitSequence)] { deletions?.dated.pairs ?? [] }

    /// The group with more rows hidden.
    ///
    /// - Parameter sequence: the commit that hides them, in tables with history.
    func hiding(_ rows: [Int], _ sequence: CommitSequence?) -> VisibleGroup {
        let hidden =
            if let sequence {
                DeletionVector.hiding(rows, of: group.count, at: sequence, and: deletions)
            } else { DeletionVector(rows: rows, of: group.count, and: deletions) }
        return VisibleGroup(group: group, deletions: hidden)
    }

    /// The group with all of its rows hidden.
    var withoutRows: VisibleGroup {
        VisibleGroup(
            group: group,
            deletions: DeletionVector(rows: Array(0..<group.count), of: group.count, and: nil))
    }

    /// The group in a table without history; nil when none of its rows is visible.
    var undated: VisibleGroup? {
        visibleCount == 0
            ? nil
            : VisibleGroup(
                group: group, deletions: deletions?.undated, isCountOnly: isCountOnly,
                recorded: recorded?.undated)
    }

    /// Rows that need not be kept: those that were hidden as of the earliest state that can be asked for.
    ///
    /// - Parameter base: that state; nil in tables without history.
    func forgottenCount(_ base: CommitMoment?) -> Int {
        guard let deletions else { return 0 }
        guard let base, let history = deletions.history else { return deletions.count }
        return history.count(through: base.sequence)
    }

    /// Hidden rows that can still be asked for, with the commits that hid them.
    func rememberedRows(_ base: CommitMoment?) -> [(row: Int, sequence: CommitSequence)] {
        guard let base, let history = deletions?.history else { return [] }
        return Array(history.pairs.dropFirst(history.count(through: base.sequence)))
    }
}
