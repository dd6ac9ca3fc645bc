import DemetraCatalog
import DemetraSQL
import DemetraTypes

/// Constraints, and what belongs to what.
extension SystemTable {
    static let constraints: [SystemTable] = [
        SystemTable(
            "pg_constraint", 2606,
            """
            oid oid, conname name, connamespace oid, contype "char", condeferrable bool, condeferred bool, \
            convalidated bool, conrelid oid, contypid oid, conindid oid, conparentid oid, confrelid oid, \
            confupdtype "char", confdeltype "char", confmatchtype "char", conislocal bool, coninhcount int4, \
            connoinherit bool, conkey int2[], confkey int2[], conpfeqop oid[], conppeqop oid[], conffeqop oid[], \
            confdelsetcols int2[], conexclop oid[], conbin pg_node_tree
            """,
            rows: { $0.constraintRows }
        ),
        SystemTable(
            "pg_depend", 2608,
            """
            classid oid, objid oid, objsubid int4, refclassid oid, refobjid oid, refobjsubid int4, deptype "char"
            """,
            rows: { $0.dependencyRows }
        ),
    ]
}

extension SystemCatalog {
    fileprivate var constraintRows: [SystemTable.Row] {
        constraints.map { constraint in
            let table = constraint.table
            var row: SystemTable.Row = [
                "oid": .integer(constraint.number), "conname": .text(constraint.name),
                "connamespace": .integer(schema(table.schemaName)),
                "contype": .text(constraint.kind), "convalidated": .boolean(true),
                "conrelid": .integer(ObjectNumbers.number(table.id)),
                "conislocal": .boolean(true), "confupdtype": .text(" "),
                "confdeltype": .text(" "), "confmatchtype": .text(" "),
            ]
            switch constraint.content {
            case .key(let key, let index):
                row["conindid"] = .integer(index)
                row["conkey"] = Self.list(key.columns)
                row["connoinherit"] = .boolean(true)
            case .check(let check):
                let names = ConditionColumns.names(in: check.condition)
                row["conkey"] = Self.list(
                    table.columns.indices.filter { names.contains(table.columns[$0].name) })
                row["conbin"] = .text(Self.printed(check.condition))
            case .foreignKey(let key):
                let target = relation(ObjectNumbers.number(key.target))?.table
                let columns = target?.positions(of: key.targetColumns) ?? []
                row["conkey"] = Self.list(table.positions(of: key.columns) ?? [])
                row["confkey"] = Self.list(columns)
                row["confrelid"] = .integer(ObjectNumbers.number(key.target))
                row["conindid"] = .integer(referredIndex(target, columns))
                row["confupdtype"] = .text(key.onUpdate.letter)
                row["confdeltype"] = .text(key.onDelete.letter)
                row["confmatchtype"] = .text(key.matchesFully ? "f" : "s")
                row["connoinherit"] = .boolean(true)
            }
            return row
        }
    }

    private static func list(_ positions: [Int]) -> Value {
        .array(positions.map { .integer(Int64($0 + 1)) })
    }

    /// The index of the key that a foreign key refers to; 0 when it is gone.
    private func referredIndex(_ table: TableDefinition?, _ columns: [Int]) -> Int64 {
        let key = table?.keys.first { Set($0.columns) == Set(columns) }
        guard let table, let key else { return 0 }
        return relation(RelationName(key.name, schema: table.schemaName))?.number ?? 0
    }

    /// Sequences with the columns that own them, and indexes with their constraints.
    fileprivate var dependencyRows: [SystemTable.Row] {
        relations.compactMap { relation in
            var row: SystemTable.Row = [
                "classid": .integer(ObjectNumbers.relationCatalog),
                "objid": .integer(relation.number), "deptype": .text("a"),
                "refclassid": .integer(ObjectNumbers.relationCatalog),
            ]
            switch relation.source {
            case .sequence(let sequence):
                guard let owner = sequence.owner,
                    let table = self.relation(ObjectNumbers.number(owner.table))?.table,
                    let position = table.columns.firstIndex(where: { $0.id == owner.column })
                else { return nil }
                row["refobjid"] = .integer(ObjectNumbers.number(table.id))
                row["refobjsubid"] = .integer(Int64(position + 1))
                if table.columns[position].identity != nil { row["deptype"] = .text("i") }
            case .index(let index):
                if let constraint = index.constraint {
                    row["refclassid"] = .integer(ObjectNumbers.constraintCatalog)
                    row["refobjid"] = .integer(constraint)
                    row["deptype"] = .text("i")
                } else {
                    row["refobjid"] = .integer(ObjectNumbers.number(index.table.id))
                }
            default: return nil
            }
            return row
        }
    }
}

extension ReferenceAction {
    /// The letter that the catalog has for it.
    fileprivate var letter: String {
        switch self {
        case .noAction: "a"
        case .restrict: "r"
        case .cascade: "c"
        case .setNull: "n"
        case .setDefault: "d"
        }
    }
}
