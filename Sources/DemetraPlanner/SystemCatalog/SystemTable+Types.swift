import DemetraCatalog
import DemetraTypes

/// Types, and what tells how they are ordered and kept.
extension SystemTable {
    static let types: [SystemTable] = [
        SystemTable(
            "pg_type", 1247,
            """
            oid oid, typname name, typnamespace oid, typowner oid, typlen int2, typbyval bool, typtype "char", \
            typcategory "char", typispreferred bool, typisdefined bool, typdelim "char", typrelid oid, typsubscript \
            regproc, typelem oid, typarray oid, typinput regproc, typoutput regproc, typreceive regproc, typsend \
            regproc, typmodin regproc, typmodout regproc, typanalyze regproc, typalign "char", typstorage "char", \
            typnotnull bool, typbasetype oid, typtypmod int4, typndims int4, typcollation oid, typdefaultbin \
            pg_node_tree, typdefault text, typacl aclitem[]
            """,
            rows: { typeRows + $0.rowTypeRows }
        ),
        SystemTable(
            "pg_collation", 3456,
            """
            oid oid, collname name, collnamespace oid, collowner oid, collprovider "char", collisdeterministic \
            bool, collencoding int4, collcollate text, collctype text, colliculocale text, collversion text
            """,
            rows: { _ in collationRows }
        ),
        SystemTable(
            "pg_am", 2601,
            """
            oid oid, amname name, amhandler regproc, amtype "char"
            """,
            rows: { _ in accessMethodRows }
        ),
        SystemTable(
            "pg_opclass", 2616,
            """
            oid oid, opcmethod oid, opcname name, opcnamespace oid, opcowner oid, opcfamily oid, opcintype oid, \
            opcdefault bool, opckeytype oid
            """,
            rows: { _ in OperatorClass.rows }
        ),
        SystemTable(
            "pg_language", 2612,
            """
            oid oid, lanname name, lanowner oid, lanispl bool, lanpltrusted bool, lanplcallfoid oid, laninline oid, \
            lanvalidator oid, lanacl aclitem[]
            """,
            rows: { _ in languageRows }
        ),
    ]
}

extension SystemTable {
    private static var typeRows: [Row] {
        CatalogType.all.map { type in
            let isArray = type.elementNumber != 0 && type.name.hasPrefix("_")
            return [
                "oid": .integer(type.number), "typname": .text(type.name),
                "typnamespace": .integer(ObjectNumbers.systemSchema),
                "typowner": SystemCatalog.owner, "typlen": .integer(type.byteCount),
                "typbyval": .boolean(type.isByValue), "typtype": .text(type.kind),
                "typcategory": .text(type.category), "typispreferred": .boolean(type.isPreferred),
                "typisdefined": .boolean(true), "typdelim": .text(","),
                "typsubscript": .text(
                    isArray
                        ? "array_subscript_handler"
                        : type.elementNumber != 0 ? "raw_array_subscript_handler" : "-"),
                "typelem": .integer(type.elementNumber), "typarray": .integer(type.arrayNumber),
                "typinput": .text(type.input), "typoutput": .text(type.output),
                "typreceive": .text(type.receive), "typsend": .text(type.send),
                "typalign": .text(type.alignment), "typstorage": .text(type.storage),
                "typtypmod": .integer(-1), "typcollation": .integer(type.collation),
            ]
        }
    }

    private static var collationRows: [Row] {
        SystemCatalog.collations.map { number, name in
            [
                "oid": .integer(number), "collname": .text(name),
                "collnamespace": .integer(ObjectNumbers.systemSchema),
                "collowner": SystemCatalog.owner,
                "collprovider": .text(name == "default" ? "d" : "c"),
                "collisdeterministic": .boolean(true), "collencoding": .integer(-1),
                "collcollate": name == "default" ? .null : .text(name),
                "collctype": name == "default" ? .null : .text(name),
            ]
        }
    }

    private static var accessMethodRows: [Row] {
        [(SystemCatalog.heap, "heap", "t"), (SystemCatalog.btree, "btree", "i")].map {
            number, name, kind in
            ["oid": .integer(number), "amname": .text(name), "amtype": .text(kind)]
        }
    }

    private static var languageRows: [Row] {
        [(12, "internal"), (14, "sql")].map { number, name in
            [
                "oid": .integer(number), "lanname": .text(name), "lanowner": SystemCatalog.owner,
                "lanpltrusted": .boolean(name == "sql"),
            ]
        }
    }
}

extension SystemCatalog {
    /// The types of the rows of tables and views, and of lists of them.
    fileprivate var rowTypeRows: [SystemTable.Row] {
        relations.filter { $0.rowType != 0 }.flatMap { relation -> [SystemTable.Row] in
            let any: SystemTable.Row = [
                "typnamespace": .integer(schema(relation.name.schema)), "typowner": Self.owner,
                "typlen": .integer(-1), "typisdefined": .boolean(true), "typdelim": .text(","),
                "typalign": .text("d"), "typstorage": .text("x"), "typtypmod": .integer(-1),
            ]
            let row: SystemTable.Row = [
                "oid": .integer(relation.rowType), "typname": .text(relation.name.name),
                "typtype": .text("c"), "typcategory": .text("C"),
                "typrelid": .integer(relation.number), "typarray": .integer(relation.rowListType),
                "typinput": .text("record_in"), "typoutput": .text("record_out"),
                "typreceive": .text("record_recv"), "typsend": .text("record_send"),
            ]
            let list: SystemTable.Row = [
                "oid": .integer(relation.rowListType),
                "typname": .text("_" + relation.name.name), "typtype": .text("b"),
                "typcategory": .text("A"), "typelem": .integer(relation.rowType),
                "typsubscript": .text("array_subscript_handler"), "typinput": .text("array_in"),
                "typoutput": .text("array_out"), "typreceive": .text("array_recv"),
                "typsend": .text("array_send"),
            ]
            return [any.merging(row) { $1 }, any.merging(list) { $1 }]
        }
    }
}

/// What PostgreSQL's indexes order the values of a type by.
enum OperatorClass {
    // Number, name, family and type.
    private static let table: [(number: Int64, name: String, family: Int64, type: String)] = [
        (1978, "int4_ops", 1976, "int4"), (1979, "int2_ops", 1976, "int2"),
        (3122, "date_ops", 434, "date"), (3123, "float8_ops", 1970, "float8"),
        (3124, "int8_ops", 1976, "int8"), (3125, "numeric_ops", 1988, "numeric"),
        (3126, "text_ops", 1994, "text"), (3127, "timestamptz_ops", 434, "timestamptz"),
        (3128, "timestamp_ops", 434, "timestamp"), (10000, "array_ops", 397, "anyarray"),
        (10003, "bool_ops", 424, "bool"), (10006, "bytea_ops", 428, "bytea"),
        (10007, "char_ops", 429, "char"), (10012, "float4_ops", 1970, "float4"),
        (10022, "interval_ops", 1982, "interval"), (10028, "name_ops", 1994, "name"),
        (10038, "time_ops", 1996, "time"), (10044, "varchar_ops", 1994, "text"),
        (10065, "uuid_ops", 2968, "uuid"), (10088, "jsonb_ops", 4033, "jsonb"),
    ]

    /// The number of the class for a type; 0 when there is none.
    static func number(of type: CatalogType?) -> Int64 {
        guard let type else { return 0 }
        let name =
            type.name.hasPrefix("_") ? "anyarray" : type.name == "varchar" ? "text" : type.name
        return table.first { $0.type == name }?.number ?? 0
    }

    static var rows: [SystemTable.Row] {
        table.map { number, name, family, type in
            [
                "oid": .integer(number), "opcmethod": .integer(SystemCatalog.btree),
                "opcname": .text(name), "opcnamespace": .integer(ObjectNumbers.systemSchema),
                "opcowner": SystemCatalog.owner, "opcfamily": .integer(family),
                "opcintype": .integer(CatalogType.named(type)?.number ?? 0),
                "opcdefault": .boolean(name != "varchar_ops"),
            ]
        }
    }
}
