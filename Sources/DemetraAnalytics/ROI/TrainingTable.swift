package import DemetraFunctions
package import DemetraTypes
package import DemetraVectors

/// The rows a model learns from: the target, the features as codes, folds and groups.
// Immutable after init.
package struct TrainingTable: Sendable {
    /// The target of every row; never NaN.
    package let target: [Double]
    /// The features' definitions.
    package let features: [FeatureDefinition]
    /// The features of every row.
    package let codes: CodeMatrix
    /// Column whose values get intervals of their own, and its code per row.
    package let group: (definition: FeatureDefinition, codes: [UInt8])?
    /// The fold of every row, 0..<foldCount.
    package let folds: [Int]
    /// Rows without a target.
    package let droppedCount: Int
    /// What the user should know about the columns.
    package let notices: [String]

    /// The number of folds a model is checked with.
    package let foldCount: Int

    /// From here on two folds are enough: each model sees half of a great many rows, and what their
    /// mean loses is less than a thousandth of the variance. Blocks of time stay five, since a model
    /// of the first half is a poor witness for the second.
    private static let twoFoldCount = 100_000

    /// Reads a relation.
    ///
    /// - Throws: 42703 for unknown columns, 42804 for a target that is no number, 22023 when no row has
    ///   a target, 22003 for targets whose squares overflow.
    package init(
        schema: Schema, batches: [Batch], target targetName: String, options: ROIModelOptions,
        workers: any Workers = CallerWorkers(),
        cancellation: CancellationFlag = CancellationFlag()
    ) throws(DemetraError) {
        let targetIndex = try RelationColumns.index(of: targetName, in: schema)
        try Self.checkTarget(schema.fields[targetIndex], options.task)
        let all = RelationColumns(schema: schema, batches: batches)
        let values = all.numbers(targetIndex)
        // In an order of their own, so that the model does not depend on how the rows came.
        let hashes = RowHash.hashes(all, columns: Array(schema.fields.indices))
        let rows = RadixOrder.positions(hashes).filter { !values[$0].isNaN }
        guard rows.count <= PackedGradient.rowLimit else {
            throw DemetraError(
                .programLimitExceeded,
                "\(rows.count) rows to learn from, above the limit of \(PackedGradient.rowLimit)",
                hint: "Train on a part of them: FROM (SELECT ... WHERE ...).")
        }
        guard !rows.isEmpty else {
            throw DemetraError(
                .invalidParameterValue,
                "no row has a value in target \"\(targetName)\", training needs at least 1",
                detail: "There are \(values.count) rows.",
                hint: "Train on rows whose result is known; from 30 rows on a model can learn.")
        }
        try Self.checkSize(rows.map { values[$0] }, target: targetName)
        if options.task == .classification {
            try Self.checkClasses(rows.map { values[$0] }, target: targetName)
        }
        var special: Set<Int> = [targetIndex]
        var chosen: [String: Int] = [:]
        for (role, name) in [("id", options.id), ("time", options.time), ("group", options.group)] {
            guard let name else { continue }
            chosen[role] = try RelationColumns.index(of: name, in: schema)
        }
        if let id = chosen["id"] { special.insert(id) }
        for name in options.exclude {
            special.insert(try RelationColumns.index(of: name, in: schema))
        }
        let reader = FeatureReader(
            relation: all, rows: rows, target: rows.map { values[$0] },
            binLimit: options.binLimit, workers: workers, cancellation: cancellation)
        let found = reader.features(
            except: special, time: chosen["time"], leakage: options.leakage)
        features = found.definitions
        notices = found.notices
        droppedCount = values.count - rows.count
        let group = chosen["group"].map { reader.group($0) }
        foldCount = chosen["time"] == nil && rows.count >= Self.twoFoldCount ? 2 : 5
        let folds = FoldAssignment.folds(
            foldCount, relation: all, rows: rows, id: chosen["id"], time: chosen["time"],
            group: group?.codes)
        // The rows of a fold side by side: what a model has seen is read from one stretch of memory, or two.
        let order = RadixOrder.positions(folds.map { UInt64($0) })
        target = order.map { values[rows[$0]] }
        codes = found.codes.taking(order)
        self.group = group.map { group in (group.definition, order.map { group.codes[$0] }) }
        self.folds = order.map { folds[$0] }
    }

    /// - Throws: 42804 for a column that is no number.
    static func checkTarget(_ field: Field, _ task: ModelTask) throws(DemetraError) {
        guard field.type.isNumber || field.type == .boolean else {
            let expected =
                task == .classification ? "true or false, or 1 or 0" : "a number"
            throw DemetraError(
                .datatypeMismatch,
                "target \"\(field.name)\" must be \(expected), but is of type \(field.type)",
                hint: task == .classification
                    ? "Compare it with the class to tell: FROM (SELECT ..., \(field.name) = '...' AS hit "
                        + "FROM ...) TARGET hit." : nil)
        }
    }

    /// Squares of larger values are no numbers any more.
    private static let largestTarget = 1e140

    /// - Throws: 22003 for values whose squares overflow.
    private static func checkSize(_ values: [Double], target: String) throws(DemetraError) {
        guard let large = values.first(where: { abs($0) > largestTarget }) else { return }
        throw DemetraError(
            .numericValueOutOfRange,
            "target \"\(target)\" has \(PlainNumber.text(large)), above the limit of 1e140",
            hint:
                "Train on a larger unit: FROM (SELECT ..., \(target) / 1e200 AS scaled FROM ...) TARGET scaled."
        )
    }

    /// - Throws: 22023 for values other than 0 and 1.
    private static func checkClasses(_ values: [Double], target: String) throws(DemetraError) {
        guard let other = values.first(where: { $0 != 0 && $0 != 1 }) else { return }
        throw DemetraError(
            .invalidParameterValue,
            "target \"\(target)\" must be true or false, or 1 or 0, but has \(PlainNumber.text(other))",
            hint:
                "Train on a comparison, such as FROM (SELECT ..., \(target) > 0 AS hit FROM ...) TARGET "
                + "hit, or with task = 'regression'.")
    }
}

/// Puts rows into folds so that what a model is checked on tells about what it will meet.
enum FoldAssignment {
    /// Blocks of time when a time column is given, else a hash of the ID or of the row's content.
    ///
    /// A group column keeps its rows together only when its groups are many and small, like customers;
    /// a few large groups, like channels, will be met again and are spread over all folds.
    static func folds(
        _ count: Int, relation: RelationColumns, rows: [Int], id: Int?, time: Int?, group: [UInt8]?
    ) -> [Int] {
        if let time {
            let instants = relation.instants(time)
            let order = RadixOrder.positions(
                rows.map { UInt64(bitPattern: instants[$0] ?? .min) ^ 1 << 63 })
            var folds = [Int](repeating: 0, count: rows.count)
            for (position, index) in order.enumerated() {
                folds[index] = position * count / rows.count
            }
            return folds
        }
        let columns = id.map { [$0] } ?? Array(relation.schema.fields.indices)
        let hashes = RowHash.hashes(relation, columns: columns)
        // Ranks instead of remainders: folds of equal size even for a few rows, and the same
        // whatever the order of rows.
        var order = RadixOrder.positions(rows.map { hashes[$0] })
        if let group {
            order = RadixOrder.positions(order.map { UInt64(group[$0]) }).map { order[$0] }
        }
        var folds = [Int](repeating: 0, count: rows.count)
        for (position, index) in order.enumerated() { folds[index] = position % count }
        return folds
    }
}
