import DemetraCatalog
import DemetraSQL
import DemetraTypes

// Constraints and identities of a table that is there already.

extension TableAlteration {
    // MARK: Constraints

    func add(_ constraint: TableConstraint) throws(DemetraError) {
        // Keys under way count as well.
        var named = table
        named.keys = keysByColumn.map {
            KeyDefinition(name: $0.name, columns: [], isPrimary: $0.isPrimary)
        }
        switch constraint {
        case .primaryKey(let columns, let name, let timing):
            try timing.checkKey(at: columns[0].range)
            try ConstraintNames.check(name, in: named)
            guard !keysByColumn.contains(where: \.isPrimary) else {
                throw DemetraError(
                    .invalidTableDefinition,
                    "multiple primary keys for table \"\(table.name)\" are not allowed"
                ).at(columns[0].range)
            }
            for position in try positions(columns) {
                if table.columns[position].isNullable {
                    tightened.insert(table.columns[position].id)
                }
                table.columns[position].isNullable = false
            }
            try addKey(
                columns, name?.name ?? ConstraintNames.free("\(table.name)_pkey", in: named), true)
        case .unique(let columns, let name, let timing):
            try timing.checkKey(at: columns[0].range)
            try ConstraintNames.check(name, in: named)
            let joined = columns.map(\.name).joined(separator: "_")
            let wish = "\(table.name)_\(joined)_key"
            try addKey(columns, name?.name ?? ConstraintNames.free(wish, in: named), false)
        case .check(let condition, let name):
            try ConstraintNames.check(name, in: named)
            let text = binder.sourceText(condition.range)
            let names = ConditionColumns.names(in: text)
            let own = table.columns.map(\.name).filter { names.contains($0) }
            let wish = own.count == 1 ? "\(table.name)_\(own[0])_check" : "\(table.name)_check"
            table.checks.append(
                CheckDefinition(
                    name: name?.name ?? ConstraintNames.free(wish, in: named), condition: text))
            addsChecks = true
        case .foreignKey(let columns, let clause, let name):
            try ConstraintNames.check(name, in: named)
            var referring = table
            // A key of the table itself may be under way.
            referring.keys = keysByColumn.compactMap { key in
                table.positions(of: key.columns).map {
                    KeyDefinition(name: key.name, columns: $0, isPrimary: key.isPrimary)
                }
            }
            let key = try ForeignKeyBuilder(binder: binder).build(
                clause, try positions(columns), name: name, in: referring)
            table.foreignKeys.append(key)
            addedKeys.insert(key.name)
        }
    }

    private func positions(_ columns: [Identifier]) throws(DemetraError) -> [Int] {
        var result: [Int] = []
        for column in columns {
            guard let position = table.columnIndex(column.name) else {
                throw DemetraError(
                    .undefinedColumn, "column \"\(column.name)\" named in key does not exist",
                    hint: NearestName.find(column.name, among: table.columns.map(\.name))
                        .map { "Perhaps you meant \"\($0)\"." }
                ).at(column.range)
            }
            result.append(position)
        }
        return result
    }

    private func addKey(
        _ columns: [Identifier], _ name: String, _ isPrimary: Bool
    ) throws(DemetraError) {
        let ids = try positions(columns).map { table.columns[$0].id }
        keysByColumn.append((name, ids, isPrimary, nil))
        addedKeys.insert(name)
    }

    func dropConstraint(
        _ name: Identifier, _ ifExists: Bool, _ cascade: Bool
    ) throws(DemetraError) {
        if let index = keysByColumn.firstIndex(where: { $0.name == name.name }) {
            try dropReferences(to: keysByColumn[index].columns, name, cascade)
            keysByColumn.remove(at: index)
        } else if let index = table.checks.firstIndex(where: { $0.name == name.name }) {
            table.checks.remove(at: index)
        } else if let index = table.foreignKeys.firstIndex(where: { $0.name == name.name }) {
            table.foreignKeys.remove(at: index)
        } else if ifExists {
            notice =
                "constraint \"\(name.name)\" of relation \"\(table.name)\" does not exist, skipping"
        } else {
            throw undefinedConstraint(name)
        }
        addedKeys.remove(name.name)
    }

    func renameConstraint(_ name: Identifier, _ target: Identifier) throws(DemetraError) {
        try ConstraintNames.check(target, in: table)
        if let index = keysByColumn.firstIndex(where: { $0.name == name.name }) {
            keysByColumn[index].name = target.name
        } else if let index = table.checks.firstIndex(where: { $0.name == name.name }) {
            table.checks[index].name = target.name
        } else if let index = table.foreignKeys.firstIndex(where: { $0.name == name.name }) {
            table.foreignKeys[index].name = target.name
        } else {
            throw undefinedConstraint(name)
        }
    }

    private func undefinedConstraint(_ name: Identifier) -> DemetraError {
        let known =
            keysByColumn.map(\.name) + table.checks.map(\.name) + table.foreignKeys.map(\.name)
        return DemetraError(
            .undefinedObject,
            "constraint \"\(name.name)\" of relation \"\(table.name)\" does not exist",
            hint: NearestName.find(name.name, among: known).map { "Perhaps you meant \"\($0)\"." }
        ).at(name.range)
    }

    // MARK: Indexes

    /// A unique index is a key.
    func addIndex(_ index: IndexDefinition) throws(DemetraError) {
        table.indexes.append(index)
        keysByColumn.append((index.name, index.columns, false, nil))
        addedKeys.insert(index.name)
    }

    func dropIndex(_ name: Identifier, _ cascade: Bool) throws(DemetraError) {
        guard let index = table.indexes.first(where: { $0.name == name.name }) else { return }
        table.indexes.removeAll { $0.name == name.name }
        guard index.isUnique else { return }
        try dropReferences(to: index.columns, name, cascade)
        keysByColumn.removeAll { $0.name == name.name }
    }

    // MARK: What refers to columns that go

    /// A column goes with its own foreign keys and its sequence; with CASCADE also those of others to it.
    func dropReferences(
        _ column: Identifier, _ id: Int32, _ cascade: Bool
    ) throws(DemetraError) {
        for key in keysByColumn where key.columns.contains(id) {
            try dropReferences(to: key.columns, column, cascade)
        }
        table.foreignKeys.removeAll { $0.columns.contains(id) }
        for sequence in binder.catalog.sequences(ownedBy: old.id) where sequence.owner?.column == id
        {
            others.append(.dropSequence(sequence.id))
        }
    }

    private func dropReferences(
        to columns: [Int32], _ name: Identifier, _ cascade: Bool
    ) throws(DemetraError) {
        let referring = binder.catalog.references(to: old.id).filter {
            Set($0.key.targetColumns) == Set(columns)
        }
        guard !referring.isEmpty else { return }
        guard cascade else {
            throw DemetraError(
                .dependentObjectsStillExist,
                "cannot drop \"\(name.name)\" of table \"\(table.name)\" because other objects "
                    + "depend on it",
                detail: referring.map {
                    "constraint \($0.key.name) on table \($0.table.name) depends on it"
                }.joined(separator: "\n"),
                hint: "Use DROP ... CASCADE to drop the dependent objects too."
            ).at(name.range)
        }
        for (other, key) in referring {
            if other.id == old.id {
                table.foreignKeys.removeAll { $0.name == key.name }
                continue
            }
            var changed = other
            changed.foreignKeys.removeAll { $0.name == key.name }
            others.append(.putTable(changed))
        }
    }

    // MARK: Identities

    /// The position of an identity column.
    ///
    /// - Throws: 55000 for any other column.
    func identityColumn(_ column: Identifier) throws(DemetraError) -> Int {
        let position = try binder.position(of: column, table)
        if table.columns[position].identity != nil { return position }
        throw DemetraError(
            .objectNotInPrerequisiteState,
            "column \"\(column.name)\" of relation \"\(table.name)\" is not an identity column"
        ).at(column.range)
    }

    func addIdentity(
        _ column: Identifier, _ always: Bool, _ options: [SequenceOption]
    ) throws(DemetraError) {
        let position = try binder.position(of: column, table)
        let isNew = old.columnIndex(column.name) == nil
        guard table.columns[position].identity == nil else {
            throw DemetraError(
                .objectNotInPrerequisiteState,
                "column \"\(column.name)\" of relation \"\(table.name)\" is already an identity column"
            ).at(column.range)
        }
        guard table.columns[position].defaultExpression == nil else {
            throw DemetraError(
                .objectNotInPrerequisiteState,
                "column \"\(column.name)\" of relation \"\(table.name)\" already has a default value"
            ).at(column.range)
        }
        guard SequenceBuilder.numbers(of: table.columns[position].type) != nil else {
            throw DemetraError(
                .invalidParameterValue, "identity column type must be smallint, integer, or bigint"
            ).at(column.range)
        }
        guard isNew || !table.columns[position].isNullable else {
            throw DemetraError(
                .objectNotInPrerequisiteState,
                "column \"\(column.name)\" of relation \"\(table.name)\" must be declared NOT NULL "
                    + "before identity can be added",
                hint: "Use ALTER COLUMN ... SET NOT NULL first."
            ).at(column.range)
        }
        table.columns[position].isNullable = false
        table.columns[position].identity = always ? .always : .byDefault
        try addSequence(column, options)
    }

    /// A sequence of its own for a column, which takes its default from it.
    func addSequence(
        _ column: Identifier, _ options: [SequenceOption]
    ) throws(DemetraError) {
        let position = try binder.position(of: column, table)
        let sequence = try OwnedSequence(binder: binder).make(
            for: position, of: table, id: TableID(0), options,
            taken: newSequences.map(\.qualifiedName))
        table.columns[position].defaultExpression = sequence.defaultExpression
        newSequences.append(sequence)
    }

    func dropIdentity(_ column: Identifier, _ ifExists: Bool) throws(DemetraError) {
        let position = try binder.position(of: column, table)
        if ifExists, table.columns[position].identity == nil {
            notice =
                "column \"\(column.name)\" of relation \"\(table.name)\" is not an identity column, "
                + "skipping"
            return
        }
        _ = try identityColumn(column)
        table.columns[position].identity = nil
        table.columns[position].defaultExpression = nil
        for sequence in binder.catalog.sequences(ownedBy: old.id)
        where sequence.owner?.column == table.columns[position].id {
            others.append(.dropSequence(sequence.id))
        }
    }

    func restartIdentity(_ column: Identifier, _ value: Int64?) throws(DemetraError) {
        let position = try identityColumn(column)
        let id = table.columns[position].id
        guard
            let sequence = binder.catalog.sequences(ownedBy: old.id)
                .first(where: { $0.owner?.column == id })
        else { return }
        let (changed, restart) = try SequenceBuilder(binder: binder).applying(
            [SequenceOption(.restart(value), range: column.range)], to: sequence)
        restarts.append((sequence, changed, restart))
    }
}
