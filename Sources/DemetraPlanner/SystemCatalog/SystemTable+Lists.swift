import DemetraCatalog
import DemetraFunctions
import DemetraTypes

/// The views that list tables, views, indexes and sequences by name.
extension SystemTable {
    static let lists: [SystemTable] = [
        SystemTable(
            "pg_tables", 12033, isView: true,
            """
            schemaname name, tablename name, tableowner name, tablespace name, hasindexes bool, hasrules bool, \
            hastriggers bool, rowsecurity bool
            """,
            rows: { $0.tableRows }
        ),
        SystemTable(
            "pg_views", 12028, isView: true,
            """
            schemaname name, viewname name, viewowner name, definition text
            """,
            rows: { $0.viewRows }
        ),
        SystemTable(
            "pg_indexes", 12043, isView: true,
            """
            schemaname name, tablename name, indexname name, tablespace name, indexdef text
            """,
            rows: { $0.indexListRows }
        ),
        SystemTable(
            "pg_sequences", 12048, isView: true,
            """
            schemaname name, sequencename name, sequenceowner name, data_type regtype, start_value int8, min_value \
            int8, max_value int8, increment_by int8, cycle bool, cache_size int8, last_value int8
            """,
            live: { $0.sequenceListRows($1) }
        ),
        SystemTable(
            "pg_stat_user_tables", 12161, isView: true,
            """
            relid oid, schemaname name, relname name, seq_scan int8, seq_tup_read int8, idx_scan int8, \
            idx_tup_fetch int8, n_tup_ins int8, n_tup_upd int8, n_tup_del int8, n_tup_hot_upd int8, n_live_tup \
            int8, n_dead_tup int8, n_mod_since_analyze int8, n_ins_since_vacuum int8, last_vacuum timestamptz, \
            last_autovacuum timestamptz, last_analyze timestamptz, last_autoanalyze timestamptz, vacuum_count int8, \
            autovacuum_count int8, analyze_count int8, autoanalyze_count int8
            """,
            live: { $0.tableActivityRows($1) }
        ),
    ]
}

extension SystemCatalog {
    private func place(
        _ relation: CatalogRelation, _ nameColumn: String, _ ownerColumn: String
    ) -> SystemTable.Row {
        [
            "schemaname": .text(relation.name.schema), nameColumn: .text(relation.name.name),
            ownerColumn: .text(relation.access.owner ?? user),
        ]
    }

    fileprivate var tableRows: [SystemTable.Row] {
        relations.filter { $0.kind == "r" }.map { relation in
            var row = place(relation, "tablename", "tableowner")
            if let table = relation.table {
                row["hasindexes"] = .boolean(!table.keys.isEmpty || !table.indexes.isEmpty)
                row["hastriggers"] = .boolean(!table.foreignKeys.isEmpty)
            }
            return row
        }
    }

    fileprivate var viewRows: [SystemTable.Row] {
        relations.filter { $0.kind == "v" }.map { relation in
            var row = place(relation, "viewname", "viewowner")
            row["definition"] = definition(of: relation.number, .view).map { .text($0) } ?? .null
            return row
        }
    }

    fileprivate var indexListRows: [SystemTable.Row] {
        relations.compactMap { relation in
            guard let index = relation.index else { return nil }
            return [
                "schemaname": .text(index.table.schemaName), "tablename": .text(index.table.name),
                "indexname": .text(index.name),
                "indexdef": definition(of: relation.number, .index(column: 0, isPretty: false))
                    .map { .text($0) } ?? .null,
            ]
        }
    }

    fileprivate func sequenceListRows(_ facts: any SessionFacts) -> [SystemTable.Row] {
        relations.compactMap { relation in
            guard case .sequence(let sequence) = relation.source else { return nil }
            var row = place(relation, "sequencename", "sequenceowner")
            row["data_type"] = .text(sequence.valueType.description)
            row["start_value"] = .integer(sequence.start)
            row["min_value"] = .integer(sequence.minimum)
            row["max_value"] = .integer(sequence.maximum)
            row["increment_by"] = .integer(sequence.increment)
            row["cycle"] = .boolean(sequence.cycles)
            row["cache_size"] = .integer(1)
            row["last_value"] = facts.lastNumber(of: sequence).map { .integer($0) } ?? .null
            return row
        }
    }

    fileprivate func tableActivityRows(_ facts: any SessionFacts) -> [SystemTable.Row] {
        relations.compactMap { relation in
            guard let table = relation.table else { return nil }
            return [
                "relid": .integer(relation.number), "schemaname": .text(relation.name.schema),
                "relname": .text(relation.name.name),
                "n_live_tup": .integer(facts.rowCount(of: table.id)),
            ]
        }
    }
}
