import DemetraTypes

/// Functions: those that can be called, and those that read and write values.
extension SystemTable {
    static let functions: [SystemTable] = [
        SystemTable(
            "pg_proc", 1255,
            """
            oid oid, proname name, pronamespace oid, proowner oid, prolang oid, procost real, prorows real, \
            provariadic oid, prosupport regproc, prokind "char", prosecdef bool, proleakproof bool, proisstrict \
            bool, proretset bool, provolatile "char", proparallel "char", pronargs int2, pronargdefaults int2, \
            prorettype oid, proargtypes oidvector, proallargtypes oid[], proargmodes "char"[], proargnames text[], \
            proargdefaults pg_node_tree, protrftypes oid[], prosrc text, probin text, prosqlbody pg_node_tree, \
            proconfig text[], proacl aclitem[]
            """,
            rows: { $0.functionRows }
        )
    ]
}

extension SystemCatalog {
    fileprivate var functionRows: [SystemTable.Row] {
        functions.all.map { function in
            let types = function.arguments.map { Value.integer($0.number) }
            var row: SystemTable.Row = [
                "oid": .integer(function.number), "proname": .text(function.name),
                "pronamespace": .integer(ObjectNumbers.systemSchema), "proowner": Self.owner,
                "prolang": .integer(12), "procost": .double(1),
                "prorows": .double(function.givesRows ? 1000 : 0),
                "provariadic": .integer(function.variadic?.number ?? 0),
                "prokind": .text(function.kind), "proisstrict": .boolean(function.isStrict),
                "proretset": .boolean(function.givesRows),
                "provolatile": .text(function.volatilityLetter), "proparallel": .text("s"),
                "pronargs": .integer(Int64(types.count)),
                "pronargdefaults": .integer(Int64(function.optionalCount)),
                "prorettype": .integer(function.result?.number ?? 0),
                "proargtypes": .array(types), "prosrc": .text(function.name),
            ]
            if function.variadic != nil {
                row["proallargtypes"] = .array(types)
                row["proargmodes"] = .array(types.dropLast().map { _ in .text("i") } + [.text("v")])
            }
            return row
        }
    }
}
