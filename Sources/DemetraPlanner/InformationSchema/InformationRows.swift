import DemetraCatalog
import DemetraSQL
import DemetraTypes

/// The rows of `information_schema`: a catalog as tables. What belongs to other sessions is left out.
struct InformationRows {
    /// A row: what is not given is NULL.
    typealias Row = [String: Value]

    private let binder: Binder
    private let catalog: Catalog

    init(binder: Binder) {
        self.binder = binder
        catalog = binder.catalog
    }

    /// The rows of a view, in its columns.
    func rows(of relation: InformationRelation) -> [[Value]] {
        let found: [Row] =
            switch relation {
            case .schemata: schemata
            case .tables: tables.map(row) + views.map(row)
            case .columns: tables.flatMap(columns) + views.flatMap(columns)
            case .views: views.map(viewRow)
            case .tableConstraints: tables.flatMap(constraints)
            case .keyColumnUsage: tables.flatMap(keyColumns)
            case .checkConstraints: tables.flatMap(checks)
            case .constraintColumnUsage: tables.flatMap(constrainedColumns)
            case .referentialConstraints: tables.flatMap(references)
            case .sequences: sequences
            case .collations: collations
            case .characterSets: characterSets
            case .catalogName: [["catalog_name": .text(binder.databaseName)]]
            case .constraintTableUsage: tables.flatMap(constrainedTables)
            case .enabledRoles: enabledRoles
            case .applicableRoles: applicableRoles
            case .tablePrivileges, .roleTableGrants:
                tables.flatMap { privileges($0.qualifiedName, $0.access, .table) }
                    + views.flatMap { privileges($0.qualifiedName, $0.access, .view) }
            // There are no such things.
            case .domains, .triggers: []
            }
        return found.map { row in relation.schema.fields.map { row[$0.name] ?? .null } }
    }

    // MARK: Relations

    private var tables: [TableDefinition] {
        catalog.tables.values.filter { isShown($0.qualifiedName) }
            .sorted { $0.qualifiedName < $1.qualifiedName }
    }

    private var views: [ViewDefinition] {
        catalog.views.values.filter { isShown($0.qualifiedName) }
            .sorted { $0.qualifiedName < $1.qualifiedName }
    }

    private func isShown(_ name: RelationName) -> Bool {
        !name.isTemporary || name.schema == binder.path.temporary
    }

    private var schemata: [Row] {
        let temporary = tables.map(\.schemaName) + views.map(\.schemaName)
        let names =
            catalog.schemas.union([RelationName.publicSchema]).union(Binder.systemSchemas)
            .union(temporary)
        return names.sorted().map { name in
            [
                "catalog_name": .text(binder.databaseName), "schema_name": .text(name),
                "schema_owner": .text(Authority.owner.user),
            ]
        }
    }

    private func place(_ name: RelationName) -> Row {
        [
            "table_catalog": .text(binder.databaseName), "table_schema": .text(name.schema),
            "table_name": .text(name.name),
        ]
    }

    private func row(_ table: TableDefinition) -> Row {
        place(table.qualifiedName).adding([
            "table_type": .text(table.isTemporary ? "LOCAL TEMPORARY" : "BASE TABLE"),
            "is_insertable_into": .text("YES"), "is_typed": .text("NO"),
        ])
    }

    private func row(_ view: ViewDefinition) -> Row {
        place(view.qualifiedName).adding([
            "table_type": .text("VIEW"), "is_insertable_into": .text("NO"),
            "is_typed": .text("NO"),
        ])
    }

    private func viewRow(_ view: ViewDefinition) -> Row {
        place(view.qualifiedName).adding([
            "view_definition": .text(view.query), "check_option": .text("NONE"),
            "is_updatable": .text("NO"), "is_insertable_into": .text("NO"),
            "is_trigger_updatable": .text("NO"), "is_trigger_deletable": .text("NO"),
            "is_trigger_insertable_into": .text("NO"),
        ])
    }

    // MARK: Texts and privileges

    private var characterSets: [Row] {
        [
            [
                "character_set_name": .text("UTF8"), "character_repertoire": .text("UCS"),
                "form_of_use": .text("UTF8"), "default_collate_catalog": .text(binder.databaseName),
            ]
        ]
    }

    private var collations: [Row] {
        SystemCatalog.collations.map { _, name in
            [
                "collation_catalog": .text(binder.databaseName),
                "collation_schema": .text("pg_catalog"),
                "collation_name": .text(name), "pad_attribute": .text("NO PAD"),
            ]
        }
    }

    /// What the owner may do, and what was granted.
    private func privileges(
        _ name: RelationName, _ access: ObjectAccess, _ kind: SecuredKind
    ) -> [Row] {
        let owner = access.owner ?? ownerName
        let own = kind.privileges.subtracting(.trigger)
        let all =
            [Grant(grantee: owner, grantor: owner, privileges: own, grantable: own)]
            + access.grants
        return all.flatMap { (grant: Grant) -> [Row] in
            grant.privileges.each.flatMap { (privilege: Privileges) -> [Row] in
                privilege.words.map { word in
                    place(name).adding([
                        "grantor": .text(grant.grantor ?? ownerName),
                        "grantee": .text(grant.grantee ?? "PUBLIC"),
                        "privilege_type": .text(word),
                        "is_grantable": .text(
                            grant.grantable.contains(privilege) ? "YES" : "NO"),
                        "with_hierarchy": .text(privilege == .select ? "YES" : "NO"),
                    ])
                }
            }
        }
    }

    // MARK: Roles

    /// The owner of the database goes by the name of the user who asks, where that is the owner.
    private var ownerName: String {
        binder.authority.role == nil ? binder.authority.user : Authority.owner.user
    }

    private var enabledRoles: [Row] {
        let names =
            binder.authority.rights?.roles.sorted() ?? [binder.authority.role ?? ownerName]
        return names.map { ["role_name": .text($0)] }
    }

    private var applicableRoles: [Row] {
        let enabled = binder.authority.rights?.roles ?? Set(catalog.access.roles.keys)
        return catalog.access.roles.values.sorted { $0.name < $1.name }
            .filter { enabled.contains($0.name) }.flatMap { role in
                role.memberships.map { membership in
                    [
                        "grantee": .text(role.name), "role_name": .text(membership.role),
                        "is_grantable": .text(membership.isAdmin ? "YES" : "NO"),
                    ]
                }
            }
    }

    // MARK: Columns

    private func columns(_ table: TableDefinition) -> [Row] {
        table.columns.enumerated().map { index, column in
            place(table.qualifiedName).adding(
                self.column(column.name, column.type, at: index, isUpdatable: true)
            ).adding([
                "column_default": column.shownDefault.map { .text($0) } ?? .null,
                "is_nullable": .text(column.isNullable ? "YES" : "NO"),
            ]).adding(identity(column, table))
        }
    }

    private func identity(_ column: ColumnDefinition, _ table: TableDefinition) -> Row {
        guard let kind = column.identity,
            let sequence = catalog.sequences(ownedBy: table.id)
                .first(where: { $0.owner?.column == column.id })
        else { return [:] }
        return [
            "is_identity": .text("YES"),
            "identity_generation": .text(kind == .always ? "ALWAYS" : "BY DEFAULT"),
            "identity_start": .text("\(sequence.start)"),
            "identity_increment": .text("\(sequence.increment)"),
            "identity_maximum": .text("\(sequence.maximum)"),
            "identity_minimum": .text("\(sequence.minimum)"),
            "identity_cycle": .text(sequence.cycles ? "YES" : "NO"),
        ]
    }

    private var sequences: [Row] {
        // The sequences of identity columns are not shown, as in PostgreSQL.
        catalog.sequences.values.filter { isShown($0.qualifiedName) && !binder.isIdentity($0) }
            .sorted { $0.qualifiedName < $1.qualifiedName }.map { sequence in
                let bits =
                    sequence.type.upperBound.bitWidth - sequence.type.upperBound.leadingZeroBitCount
                    + 1
                return [
                    "sequence_catalog": .text(binder.databaseName),
                    "sequence_schema": .text(sequence.schemaName),
                    "sequence_name": .text(sequence.name),
                    "data_type": .text(bits == 16 ? "smallint" : bits == 32 ? "integer" : "bigint"),
                    "numeric_precision": .integer(Int64(bits)),
                    "numeric_precision_radix": .integer(2), "numeric_scale": .integer(0),
                    "start_value": .text("\(sequence.start)"),
                    "minimum_value": .text("\(sequence.minimum)"),
                    "maximum_value": .text("\(sequence.maximum)"),
                    "increment": .text("\(sequence.increment)"),
                    "cycle_option": .text(sequence.cycles ? "YES" : "NO"),
                ]
            }
    }

    /// The columns of a view; of one that cannot be read any more, none.
    private func columns(_ view: ViewDefinition) -> [Row] {
        let reader = Binder(
            catalog: catalog, functions: binder.functions, path: binder.path.stored)
        guard
            let query = try? SQLParser.parseQuery(
                "SELECT * FROM \(view.qualifiedName.quoted)"),
            let bound = try? reader.bindQuery(query, outer: nil)
        else { return [] }
        return bound.plan.columns.enumerated().map { index, column in
            place(view.qualifiedName).adding(
                self.column(column.name, column.type, at: index, isUpdatable: false))
        }
    }

    private func column(
        _ name: String, _ type: LogicalType, at index: Int, isUpdatable: Bool
    ) -> Row {
        let position = Int64(index + 1)
        return ColumnTraits(type).row.adding([
            "column_name": .text(name), "ordinal_position": .integer(position),
            "is_nullable": .text("YES"), "udt_catalog": .text(binder.databaseName),
            "udt_schema": .text("pg_catalog"), "dtd_identifier": .text("\(position)"),
            "is_self_referencing": .text("NO"), "is_identity": .text("NO"),
            "identity_cycle": .text("NO"), "is_generated": .text("NEVER"),
            "is_updatable": .text(isUpdatable ? "YES" : "NO"),
        ])
    }

    // MARK: Constraints

    /// The keys that are constraints, and not unique indexes.
    private func constraintKeys(_ table: TableDefinition) -> [KeyDefinition] {
        let indexes = table.indexes.map(\.name)
        return table.keys.filter { !indexes.contains($0.name) }
    }

    private func constraint(_ name: String, of table: TableDefinition) -> Row {
        place(table.qualifiedName).adding([
            "constraint_catalog": .text(binder.databaseName),
            "constraint_schema": .text(table.schemaName),
            "constraint_name": .text(name),
        ])
    }

    private func constraints(_ table: TableDefinition) -> [Row] {
        let keys = constraintKeys(table).map {
            ($0.name, $0.isPrimary ? "PRIMARY KEY" : "UNIQUE", $0.isPrimary ? nil : "YES")
        }
        let checks = (table.checks.map(\.name) + notNulls(table).map(\.name)).map {
            ($0, "CHECK", String?.none)
        }
        let foreign = table.foreignKeys.map { ($0.name, "FOREIGN KEY", String?.none) }
        let times = Dictionary(
            table.foreignKeys.map { ($0.name, $0.checkTime) }, uniquingKeysWith: { $1 })
        return (keys + foreign + checks).map { name, type, distinct in
            constraint(name, of: table).adding([
                "constraint_type": .text(type),
                "is_deferrable": .text(
                    (times[name] ?? .statement) == .statement ? "NO" : "YES"),
                "initially_deferred": .text(times[name] == .transaction ? "YES" : "NO"),
                "enforced": .text("YES"),
                "nulls_distinct": distinct.map { .text($0) } ?? .null,
            ])
        }
    }

    /// NOT NULL as the check constraints that the standard makes of it.
    private func notNulls(_ table: TableDefinition) -> [(name: String, column: String)] {
        table.columns.filter { !$0.isNullable }.map {
            ("\(table.id.number)_\($0.id)_not_null", $0.name)
        }
    }

    private func keyColumns(_ table: TableDefinition) -> [Row] {
        constraintKeys(table).flatMap { key in
            key.columns.enumerated().map { index, column in
                constraint(key.name, of: table).adding([
                    "column_name": .text(table.columns[column].name),
                    "ordinal_position": .integer(Int64(index + 1)),
                ])
            }
        } + table.foreignKeys.flatMap { foreignKeyColumns($0, table) }
    }

    private func foreignKeyColumns(_ key: ForeignKeyDefinition, _ table: TableDefinition) -> [Row] {
        let target = catalog.table(id: key.target)
        let unique = uniqueKey(of: key)
        return (table.positions(of: key.columns) ?? []).enumerated().map { index, column in
            let other = target?.positions(of: [key.targetColumns[index]])?.first
            let place = other.flatMap { unique?.columns.firstIndex(of: $0) }
            return constraint(key.name, of: table).adding([
                "column_name": .text(table.columns[column].name),
                "ordinal_position": .integer(Int64(index + 1)),
                "position_in_unique_constraint": place.map { .integer(Int64($0 + 1)) } ?? .null,
            ])
        }
    }

    /// The key that a foreign key refers to.
    private func uniqueKey(of key: ForeignKeyDefinition) -> KeyDefinition? {
        guard let target = catalog.table(id: key.target),
            let positions = target.positions(of: key.targetColumns)
        else { return nil }
        return target.keys.first { Set($0.columns) == Set(positions) }
    }

    private func references(_ table: TableDefinition) -> [Row] {
        table.foreignKeys.map { key in
            [
                "constraint_catalog": .text(binder.databaseName),
                "constraint_schema": .text(table.schemaName), "constraint_name": .text(key.name),
                "unique_constraint_catalog": .text(binder.databaseName),
                "unique_constraint_schema": catalog.table(id: key.target)
                    .map { .text($0.schemaName) } ?? .null,
                "unique_constraint_name": uniqueKey(of: key).map { .text($0.name) } ?? .null,
                "match_option": .text(key.matchesFully ? "FULL" : "NONE"),
                "update_rule": .text(key.onUpdate.words), "delete_rule": .text(key.onDelete.words),
            ]
        }
    }

    private func checks(_ table: TableDefinition) -> [Row] {
        let written = table.checks.map { ($0.name, "((\($0.condition)))") }
        let implied = notNulls(table).map { ($0.name, "\($0.column) IS NOT NULL") }
        return (written + implied).map { name, clause in
            constraint(name, of: table).adding(["check_clause": .text(clause)])
        }
    }

    private func constrainedTables(_ table: TableDefinition) -> [Row] {
        let own = constraintKeys(table).map { constraint($0.name, of: table) }
        let foreign = table.foreignKeys.compactMap { key in
            catalog.table(id: key.target).map { target in
                constraint(key.name, of: table).adding(place(target.qualifiedName))
            }
        }
        return own + foreign
    }

    private func constrainedColumns(_ table: TableDefinition) -> [Row] {
        let keys = constraintKeys(table).flatMap { key in
            key.columns.map { (key.name, table.columns[$0].name) }
        }
        let checks = table.checks.flatMap { check in
            let names = ConditionColumns.names(in: check.condition)
            return table.columns.filter { names.contains($0.name) }.map { (check.name, $0.name) }
        }
        let own = (keys + checks).map { name, column in
            constraint(name, of: table).adding(["column_name": .text(column)])
        }
        let foreign = table.foreignKeys.flatMap { key -> [Row] in
            guard let target = catalog.table(id: key.target) else { return [] }
            return (target.positions(of: key.targetColumns) ?? []).map { column in
                constraint(key.name, of: table).adding(place(target.qualifiedName))
                    .adding(["column_name": .text(target.columns[column].name)])
            }
        }
        return own + foreign
    }
}

extension InformationRows.Row {
    fileprivate func adding(_ more: InformationRows.Row) -> InformationRows.Row {
        merging(more) { $1 }
    }
}

extension ColumnDefinition {
    /// Whether there is a default to show.
    var hasShownDefault: Bool { identity == nil && defaultExpression != nil }

    /// The default as PostgreSQL shows it; the sequence of an identity is none.
    var shownDefault: String? {
        guard identity == nil, let text = defaultExpression else { return nil }
        let own = "nextval('" + RelationName.publicSchema + "."
        if text.hasPrefix(own) { return "nextval('" + text.dropFirst(own.count) }
        guard case .string? = (try? SQLParser.parseExpression(text))?.node else { return text }
        return text + "::" + type.nameWithoutModifier
    }
}

extension ReferenceAction {
    /// The action as SQL writes it.
    var words: String {
        switch self {
        case .noAction: "NO ACTION"
        case .restrict: "RESTRICT"
        case .cascade: "CASCADE"
        case .setNull: "SET NULL"
        case .setDefault: "SET DEFAULT"
        }
    }
}
