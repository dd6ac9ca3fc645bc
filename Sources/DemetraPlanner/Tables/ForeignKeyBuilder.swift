import DemetraCatalog
import DemetraSQL
import DemetraTypes

/// Makes foreign keys of REFERENCES and FOREIGN KEY clauses.
struct ForeignKeyBuilder {
    let binder: Binder

    /// - Parameters:
    ///   - table: the table that refers, with its columns; it may refer to itself.
    ///   - columns: positions of the columns that refer.
    /// - Throws: 42830 where there is no such key, 42804 for types that do not fit, 0A000 for what is not supported.
    func build(
        _ clause: ReferenceClause, _ columns: [Int], name: Identifier?, in table: TableDefinition
    ) throws(DemetraError) -> ForeignKeyDefinition {
        if let unsupported = clause.unsupported.first {
            throw DemetraError(
                .featureNotSupported, "\(unsupported.name) is not supported for foreign keys",
                hint: "Leave it out: MATCH SIMPLE and MATCH FULL are there."
            ).at(unsupported.range)
        }
        let target = try self.target(clause, table)
        let targetColumns = try self.targetColumns(clause, target)
        guard columns.count == targetColumns.count else {
            throw DemetraError(
                .invalidForeignKey,
                "number of referencing and referenced columns for foreign key disagree"
            ).at(clause.target.range)
        }
        let names = columns.map { table.columns[$0].name }
        let chosen =
            name?.name
            ?? ConstraintNames.free("\(table.name)_\(names.joined(separator: "_"))_fkey", in: table)
        for (own, other) in zip(columns, targetColumns) {
            try checkTypes(table.columns[own], target.columns[other], chosen, clause)
        }
        return ForeignKeyDefinition(
            name: chosen, columns: columns.map { table.columns[$0].id }, target: target.id,
            targetColumns: targetColumns.map { target.columns[$0].id },
            onDelete: clause.onDelete.stored, onUpdate: clause.onUpdate.stored,
            matchesFully: clause.matchesFully, checkTime: clause.timing.stored)
    }

    private func target(
        _ clause: ReferenceClause, _ table: TableDefinition
    ) throws(DemetraError) -> TableDefinition {
        let name = try binder.relationName(clause.target)
        let isItself =
            name == table.qualifiedName
            || (clause.target.parts.count == 1 && clause.target.last.name == table.name
                && binder.catalog.tables[name] == nil)
        if isItself { return table }
        guard let target = binder.catalog.tables[name] else {
            if binder.catalog.hasRelation(name) {
                throw DemetraError(
                    .wrongObjectType, "referenced relation \"\(name.name)\" is not a table"
                ).at(clause.target.range)
            }
            throw binder.undefinedTable(clause.target)
        }
        guard target.isTemporary == table.isTemporary else {
            let kind = table.isTemporary ? "temporary" : "permanent"
            throw DemetraError(
                .invalidTableDefinition,
                "constraints on \(kind) tables may reference only \(kind) tables"
            ).at(clause.target.range)
        }
        return target
    }

    private func targetColumns(
        _ clause: ReferenceClause, _ target: TableDefinition
    ) throws(DemetraError) -> [Int] {
        if clause.columns.isEmpty {
            if let key = target.primaryKey { return key.columns }
            throw DemetraError(
                .undefinedObject,
                "there is no primary key for referenced table \"\(target.name)\"",
                hint: "Name the columns of a UNIQUE constraint."
            ).at(clause.target.range)
        }
        var positions: [Int] = []
        for column in clause.columns {
            guard let position = target.columnIndex(column.name) else {
                throw DemetraError(
                    .undefinedColumn,
                    "column \"\(column.name)\" referenced in foreign key constraint does not exist",
                    hint: NearestName.find(column.name, among: target.columns.map(\.name))
                        .map { "Perhaps you meant \"\($0)\"." }
                ).at(column.range)
            }
            positions.append(position)
        }
        guard target.keys.contains(where: { Set($0.columns) == Set(positions) }) else {
            throw DemetraError(
                .invalidForeignKey,
                "there is no unique constraint matching given keys for referenced table "
                    + "\"\(target.name)\"",
                hint: "Add PRIMARY KEY or UNIQUE over exactly these columns."
            ).at(clause.target.range)
        }
        return positions
    }

    private func checkTypes(
        _ own: ColumnDefinition, _ other: ColumnDefinition, _ name: String,
        _ clause: ReferenceClause
    ) throws(DemetraError) {
        let isSame =
            own.type == other.type
            || (SequenceBuilder.numbers(of: own.type) != nil
                && SequenceBuilder.numbers(of: other.type) != nil)
            || (own.type.isPlainText && other.type.isPlainText)
        guard !isSame else { return }
        throw DemetraError(
            .datatypeMismatch, "foreign key constraint \"\(name)\" cannot be implemented",
            detail: "Key columns \"\(own.name)\" and \"\(other.name)\" are of incompatible types: "
                + "\(own.type) and \(other.type).",
            hint: "Give both the same type."
        ).at(clause.target.range)
    }
}

extension LogicalType {
    fileprivate var isPlainText: Bool {
        switch self {
        case .text, .varchar: true
        default: false
        }
    }
}

extension ConstraintTiming {
    fileprivate var stored: CheckTime {
        switch self {
        case .immediate: .statement
        case .deferrable: .deferrable
        case .deferred: .transaction
        }
    }

    /// Keys are checked at the end of each statement, which is all that DEFERRABLE promises of them.
    ///
    /// - Throws: 0A000 for a key that would be checked later.
    func checkKey(at range: SourceRange) throws(DemetraError) {
        guard self == .deferred else { return }
        throw DemetraError(
            .featureNotSupported, "INITIALLY DEFERRED is not supported for keys",
            detail: "They are checked at the end of each statement; foreign keys may be deferred.",
            hint: "Leave INITIALLY DEFERRED out."
        ).at(range)
    }
}

extension ReferenceClause.Action {
    fileprivate var stored: ReferenceAction {
        switch self {
        case .noAction: .noAction
        case .restrict: .restrict
        case .cascade: .cascade
        case .setNull: .setNull
        case .setDefault: .setDefault
        }
    }
}

/// The names of a table's constraints.
enum ConstraintNames {
    /// All of them.
    static func all(_ table: TableDefinition) -> [String] {
        table.keys.map(\.name) + table.checks.map(\.name) + table.foreignKeys.map(\.name)
    }

    /// A name that no constraint has: the wish, or it with a number.
    static func free(_ wish: String, in table: TableDefinition) -> String {
        let taken = Set(all(table))
        if !taken.contains(wish) { return wish }
        var number = 1
        while taken.contains("\(wish)\(number)") { number += 1 }
        return "\(wish)\(number)"
    }

    /// - Throws: 42710 for a name that a constraint has.
    static func check(_ name: Identifier?, in table: TableDefinition) throws(DemetraError) {
        guard let name, all(table).contains(name.name) else { return }
        throw DemetraError(
            .duplicateObject,
            "constraint \"\(name.name)\" for relation \"\(table.name)\" already exists",
            hint: "Use another name."
        ).at(name.range)
    }
}
