import DemetraCatalog
import DemetraTypes

/// Schemas, relations, their columns and defaults, indexes, sequences and comments.
extension SystemTable {
    static let relations: [SystemTable] = [
        SystemTable(
            "pg_namespace", 2615,
            """
            oid oid, nspname name, nspowner oid, nspacl aclitem[]
            """,
            rows: { $0.namespaceRows }
        ),
        SystemTable(
            "pg_class", 1259,
            """
            oid oid, relname name, relnamespace oid, reltype oid, reloftype oid, relowner oid, relam oid, \
            relfilenode oid, reltablespace oid, relpages int4, reltuples real, relallvisible int4, reltoastrelid \
            oid, relhasindex bool, relisshared bool, relpersistence "char", relkind "char", relnatts int2, \
            relchecks int2, relhasrules bool, relhastriggers bool, relhassubclass bool, relrowsecurity bool, \
            relforcerowsecurity bool, relispopulated bool, relreplident "char", relispartition bool, relrewrite \
            oid, relfrozenxid xid, relminmxid xid, relacl aclitem[], reloptions text[], relpartbound pg_node_tree
            """,
            live: { $0.classRows($1) }
        ),
        SystemTable(
            "pg_attribute", 1249,
            """
            attrelid oid, attname name, atttypid oid, attstattarget int4, attlen int2, attnum int2, attndims int4, \
            attcacheoff int4, atttypmod int4, attbyval bool, attalign "char", attstorage "char", attcompression \
            "char", attnotnull bool, atthasdef bool, atthasmissing bool, attidentity "char", attgenerated "char", \
            attisdropped bool, attislocal bool, attinhcount int4, attcollation oid, attacl aclitem[], attoptions \
            text[], attfdwoptions text[], attmissingval text[]
            """,
            rows: { $0.attributeRows }
        ),
        SystemTable(
            "pg_attrdef", 2604,
            """
            oid oid, adrelid oid, adnum int2, adbin pg_node_tree
            """,
            rows: { $0.defaultRows }
        ),
        SystemTable(
            "pg_index", 2610,
            """
            indexrelid oid, indrelid oid, indnatts int2, indnkeyatts int2, indisunique bool, indnullsnotdistinct \
            bool, indisprimary bool, indisexclusion bool, indimmediate bool, indisclustered bool, indisvalid bool, \
            indcheckxmin bool, indisready bool, indislive bool, indisreplident bool, indkey int2vector, \
            indcollation oidvector, indclass oidvector, indoption int2vector, indexprs pg_node_tree, indpred \
            pg_node_tree
            """,
            rows: { $0.indexRows }
        ),
        SystemTable(
            "pg_sequence", 2224,
            """
            seqrelid oid, seqtypid oid, seqstart int8, seqincrement int8, seqmax int8, seqmin int8, seqcache int8, \
            seqcycle bool
            """,
            rows: { $0.sequenceRows }
        ),
        SystemTable(
            "pg_description", 2609,
            """
            objoid oid, classoid oid, objsubid int4, description text
            """,
            rows: { $0.descriptionRows }
        ),
    ]
}

extension SystemCatalog {
    fileprivate var namespaceRows: [SystemTable.Row] {
        schemas.map { number, name -> SystemTable.Row in
            let access = catalog.access[.schema(name)]
            return [
                "oid": .integer(number), "nspname": .text(name), "nspowner": owner(of: access),
                "nspacl": list(access, .schema),
            ]
        }
    }

    /// The user, whom everything belongs to.
    static let owner = Value.integer(ObjectNumbers.user)

    // MARK: Relations

    fileprivate func classRows(_ facts: any SessionFacts) -> [SystemTable.Row] {
        relations.map { relation in
            var row: SystemTable.Row = [
                "oid": .integer(relation.number), "relname": .text(relation.name.name),
                "relnamespace": .integer(schema(relation.name.schema)),
                "relowner": owner(of: relation.access),
                "relacl": list(relation.access, relation.securedKind),
                "relkind": .text(relation.kind), "relispopulated": .boolean(true),
                "relpersistence": .text(relation.name.isTemporary ? "t" : "p"),
                "relreplident": .text(relation.kind == "r" ? "d" : "n"),
                "reltuples": .double(-1), "reltype": .integer(relation.rowType),
            ]
            switch relation.source {
            case .table(let table):
                row["relfilenode"] = .integer(relation.number)
                row["relam"] = .integer(Self.heap)
                row["relnatts"] = .integer(Int64(table.columns.count))
                row["relchecks"] = .integer(Int64(table.checks.count))
                row["relhasindex"] = .boolean(!table.keys.isEmpty || !table.indexes.isEmpty)
                row["relhastriggers"] = .boolean(hasReferences(table))
                row["reltuples"] = .double(Double(facts.rowCount(of: table.id)))
                row["relpages"] = .integer(pages(facts.byteCount(of: table.id)))
            case .index(let index):
                row["relfilenode"] = .integer(relation.number)
                row["relam"] = .integer(Self.btree)
                row["relnatts"] = .integer(Int64(index.columns.count))
                row["reltuples"] = .double(Double(facts.rowCount(of: index.table.id)))
            case .sequence:
                row["relnatts"] = .integer(3)
                row["reltuples"] = .double(1)
            case .view, .system:
                row["relnatts"] = .integer(Int64(columnCount(of: relation)))
                row["relhasrules"] = .boolean(relation.kind == "v")
                if relation.kind == "r" { row["relam"] = .integer(Self.heap) }
            }
            return row
        }
    }

    /// The access methods that relations have for PostgreSQL's clients.
    static let heap: Int64 = 2, btree: Int64 = 403

    private static let pageBytes: Int64 = 8192

    private func pages(_ byteCount: Int64) -> Int64 {
        min((byteCount + Self.pageBytes - 1) / Self.pageBytes, Int64(Int32.max))
    }

    private func columnCount(of relation: CatalogRelation) -> Int {
        if case .system(let schema, _) = relation.source { return schema.fields.count }
        return columns(of: relation).count
    }

    /// Foreign keys are triggers of both tables in PostgreSQL.
    private func hasReferences(_ table: TableDefinition) -> Bool {
        !table.foreignKeys.isEmpty || referredTables.contains(table.id)
    }

    // MARK: Columns

    fileprivate var attributeRows: [SystemTable.Row] {
        relations.flatMap { relation in
            columns(of: relation).enumerated().map { index, field in
                attribute(field, Int64(index + 1), of: relation)
            }
        }
    }

    private func attribute(
        _ field: Field, _ number: Int64, of relation: CatalogRelation
    ) -> SystemTable.Row {
        let type = CatalogType.of(field.type)
        var row: SystemTable.Row = [
            "attrelid": .integer(relation.number), "attname": .text(field.name),
            "atttypid": .integer(type?.number ?? 0), "attnum": .integer(number),
            "attlen": .integer(type?.byteCount ?? -1), "attstattarget": .integer(-1),
            "attcacheoff": .integer(-1), "attislocal": .boolean(true),
            "atttypmod": .integer(CatalogType.modifier(of: field.type)),
            "attbyval": .boolean(type?.isByValue ?? false),
            "attalign": .text(type?.alignment ?? "i"), "attstorage": .text(type?.storage ?? "x"),
            "attcollation": .integer(type?.collation ?? 0),
        ]
        if type?.name.hasPrefix("_") == true { row["attndims"] = .integer(1) }
        switch relation.source {
        case .table(let table):
            let column = table.columns[Int(number) - 1]
            row["attnotnull"] = .boolean(!column.isNullable)
            row["atthasdef"] = .boolean(column.hasShownDefault)
            switch column.identity {
            case .always?: row["attidentity"] = .text("a")
            case .byDefault?: row["attidentity"] = .text("d")
            case nil: break
            }
        case .sequence: row["attnotnull"] = .boolean(true)
        default: break
        }
        return row
    }

    fileprivate var defaultRows: [SystemTable.Row] {
        relations.compactMap(\.table).flatMap { table -> [SystemTable.Row] in
            guard let numbers = defaults[table.id] else { return [] }
            return table.columns.enumerated().compactMap { index, column in
                guard let number = numbers[column.id], let text = column.shownDefault else {
                    return nil
                }
                return [
                    "oid": .integer(number), "adrelid": .integer(ObjectNumbers.number(table.id)),
                    "adnum": .integer(Int64(index + 1)), "adbin": .text(text),
                ]
            }
        }
    }

    // MARK: Indexes

    fileprivate var indexRows: [SystemTable.Row] {
        relations.compactMap { relation in
            guard let index = relation.index else { return nil }
            let types = index.columns.map { CatalogType.of(index.table.columns[$0].type) }
            let count = Value.integer(Int64(index.columns.count))
            return [
                "indexrelid": .integer(relation.number),
                "indrelid": .integer(ObjectNumbers.number(index.table.id)), "indnatts": count,
                "indnkeyatts": count, "indisunique": .boolean(index.isUnique),
                "indisprimary": .boolean(index.isPrimary), "indimmediate": .boolean(true),
                "indisvalid": .boolean(true), "indisready": .boolean(true),
                "indislive": .boolean(true),
                "indkey": .array(index.columns.map { .integer(Int64($0 + 1)) }),
                "indcollation": .array(types.map { .integer($0?.collation ?? 0) }),
                "indclass": .array(types.map { .integer(OperatorClass.number(of: $0)) }),
                "indoption": .array(types.map { _ in .integer(0) }),
            ]
        }
    }

    // MARK: Sequences and comments

    fileprivate var sequenceRows: [SystemTable.Row] {
        relations.compactMap { relation in
            guard case .sequence(let sequence) = relation.source else { return nil }
            return [
                "seqrelid": .integer(relation.number),
                "seqtypid": .integer(CatalogType.of(sequence.valueType)?.number ?? 0),
                "seqstart": .integer(sequence.start), "seqincrement": .integer(sequence.increment),
                "seqmax": .integer(sequence.maximum), "seqmin": .integer(sequence.minimum),
                "seqcache": .integer(1), "seqcycle": .boolean(sequence.cycles),
            ]
        }
    }

    fileprivate var descriptionRows: [SystemTable.Row] {
        func row(_ object: Int64, _ of: Int64, _ column: Int = 0, _ text: String) -> SystemTable.Row
        {
            [
                "objoid": .integer(object), "classoid": .integer(of),
                "objsubid": .integer(Int64(column)), "description": .text(text),
            ]
        }
        var rows: [SystemTable.Row] = []
        for relation in relations {
            if let text = relation.comment {
                rows.append(row(relation.number, ObjectNumbers.relationCatalog, 0, text))
            }
            for (index, column) in (relation.table?.columns ?? []).enumerated() {
                guard let text = column.comment else { continue }
                rows.append(row(relation.number, ObjectNumbers.relationCatalog, index + 1, text))
            }
        }
        for (number, name) in schemas {
            guard let text = comment(onSchema: name) else { continue }
            rows.append(row(number, ObjectNumbers.namespaceCatalog, 0, text))
        }
        for (number, text) in comments(onFunctions: functions.all) {
            rows.append(row(number, ObjectNumbers.functionCatalog, 0, text))
        }
        return rows
    }
}

extension SequenceDefinition {
    /// The type of its numbers.
    var valueType: LogicalType {
        if type.upperBound <= Int64(Int16.max) { return .smallint }
        return type.upperBound <= Int64(Int32.max) ? .integer : .bigint
    }
}
