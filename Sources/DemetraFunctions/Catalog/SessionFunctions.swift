import DemetraTypes
import DemetraVectors

/// What a session may do, where it looks, what it is set to, and how large things are.
///
/// - Source: PostgreSQL 15 documentation, sections 9.26 and 9.27.
enum SessionFunctions {
    static let all: [ScalarFunction] = session + privileges + sizes

    static let tables: [TableFunction] = [
        TableFunction("pg_get_keywords", usage: "") { _ in
            let schema = Schema([
                Field(name: "word", type: .text), Field(name: "catcode", type: .system(.char)),
                Field(name: "barelabel", type: .boolean), Field(name: "catdesc", type: .text),
                Field(name: "baredesc", type: .text),
            ])
            return BoundTableFunction(schema: schema) { (_, context) throws(DemetraError) in
                guard let directory = context.directory else {
                    throw DirectoryFunction.noSession("pg_get_keywords")
                }
                let rows = directory.keywords.map { word, kind -> [Value] in
                    [
                        .text(word), .text(kind), .boolean(kind != "R"),
                        .text(keywordKinds[kind] ?? "reserved"),
                        .text(kind == "R" ? "requires AS" : "can be bare label"),
                    ]
                }
                return try BoundTableFunction(schema, rows: rows).execute([], context)
            }
        }
    ]

    private static let keywordKinds = [
        "U": "unreserved", "C": "unreserved (cannot be function or type name)",
        "T": "reserved (can be function or type name)", "R": "reserved",
    ]

    // MARK: The session

    private static let session: [ScalarFunction] = [
        DirectoryFunction.make("current_schemas", [.boolean], .array(.system(.name))) {
            values, directory, _ in
            .array(
                directory.searchedSchemas(withImplicit: values[0].isTrue).map { .text($0) })
        },
        DirectoryFunction.make("pg_my_temp_schema", [], .system(.oid)) { _, directory, _ in
            .integer(directory.temporarySchema)
        },
        ScalarBuilder.function("pg_is_other_temp_schema", [.system(.oid)], .boolean) { _, _ in
            // The catalog shows no schemas of other sessions.
            .boolean(false)
        },
        DirectoryFunction.make("pg_backend_pid", [], .integer) { _, directory, _ in
            .integer(directory.sessionNumber)
        },
        DirectoryFunction.make("pg_notify", [.text, .text], .text, volatility: .volatile) {
            (values, directory, _) throws(DemetraError) in
            try directory.notify(values[0].textOrEmpty, values[1].textOrEmpty)
            return .text("")
        },
        // There are none.
        ScalarBuilder.function("pg_advisory_unlock_all", [], .text) { _, _ in .text("") },
        ending("pg_cancel_backend", isEnd: false), ending("pg_terminate_backend", isEnd: true),
        ScalarBuilder.function("pg_is_in_recovery", [], .boolean) { _, _ in .boolean(false) },
    ]

    /// Stops the statement of a session, or the session.
    private static func ending(_ name: String, isEnd: Bool) -> ScalarFunction {
        DirectoryFunction.make(name, [.integer], .boolean, volatility: .volatile) {
            (values, directory, context) throws(DemetraError) in
            let number = Int64(values[0].integerOrZero)
            let isThere = try directory.stop(session: number, isEnd: isEnd)
            if !isThere {
                context.notices.post(
                    Notice("PID \(number) is not the number of a session", severity: .warning))
            }
            return .boolean(isThere)
        }
    }

    // MARK: Privileges

    /// May a role do something with an object? NULL where there is no object of a number.
    private static func privilege(
        _ name: String, _ type: SystemType?, extra: [LogicalType] = []
    ) -> [ScalarFunction] {
        let users: [[LogicalType]] = [[], [.text], [.system(.oid)]]
        let objects: [LogicalType] = [.text, .system(.oid)]
        return users.flatMap { user in
            objects.map { object in
                let parameters = user + [object] + extra + [.text]
                return DirectoryFunction.make(name, parameters, .boolean) {
                    (values, directory, _) throws(DemetraError) in
                    // Of languages and their kin there is nothing to grant.
                    if type == nil, name != "has_database_privilege" { return .boolean(true) }
                    let role = user.isEmpty ? nil : values[0]
                    var number: Int64 = 0
                    if case .integer(let given) = values[user.count] {
                        number = given
                    } else if let type {
                        let written = values[user.count].textOrEmpty
                        guard let found = try directory.number(of: written, as: type) else {
                            throw ReferenceCast.missing(written, type)
                        }
                        number = found
                    }
                    let answer = try directory.allows(
                        values[parameters.count - 1].textOrEmpty, on: number, type, role: role)
                    return answer.map { .boolean($0) } ?? .null
                }
            }
        }
    }

    private static let privileges: [ScalarFunction] =
        privilege("has_table_privilege", .regclass)
        + privilege("has_any_column_privilege", .regclass)
        + privilege("has_column_privilege", .regclass, extra: [.text])
        + privilege("has_column_privilege", .regclass, extra: [.smallint])
        + privilege("has_sequence_privilege", .regclass)
        + privilege("has_schema_privilege", .regnamespace)
        + privilege("has_type_privilege", .regtype)
        + privilege("has_function_privilege", .regproc)
        + privilege("has_database_privilege", nil)
        + privilege("has_language_privilege", nil)
        + privilege("has_tablespace_privilege", nil)
        + privilege("has_foreign_data_wrapper_privilege", nil)
        + privilege("has_server_privilege", nil)
        + privilege("pg_has_role", .regrole)

    // MARK: Sizes

    private static func size(_ name: String) -> [ScalarFunction] {
        [LogicalType.system(.oid), .text].map { type in
            let parameters = name == "pg_relation_size" ? [type, .text] : [type]
            return DirectoryFunction.make(
                name, parameters, .bigint, optional: parameters.count - 1
            ) { (values, directory, _) throws(DemetraError) in
                let number = try ObjectFunctions.relation(values[0], directory)
                return directory.byteCount(of: number).map { .integer($0) } ?? .null
            }
        }
    }

    private static let sizes: [ScalarFunction] =
        size("pg_relation_size") + size("pg_table_size") + size("pg_total_relation_size")
        + [LogicalType.system(.oid), .text].map { type in
            // Keys and indexes lie with the rows.
            DirectoryFunction.make("pg_indexes_size", [type], .bigint) {
                (values, directory, _) throws(DemetraError) in
                let number = try ObjectFunctions.relation(values[0], directory)
                return directory.byteCount(of: number) == nil ? .null : .integer(0)
            }
        }
        + [LogicalType.system(.oid), .text].map { type in
            DirectoryFunction.make("pg_database_size", [type], .bigint) { _, directory, _ in
                .integer(directory.databaseByteCount)
            }
        }
        + [LogicalType.system(.oid), .text].map { type in
            DirectoryFunction.make("pg_tablespace_size", [type], .bigint) { _, directory, _ in
                .integer(directory.databaseByteCount)
            }
        } + [
            ScalarBuilder.function("pg_tablespace_location", [.system(.oid)], .text) { _, _ in
                .text("")
            }
        ]
}
