import DemetraTypes
import DemetraVectors

/// What the catalog's objects are called, how they were made and what is said of them.
///
/// - Source: PostgreSQL 15 documentation, section 9.26.
enum ObjectFunctions {
    static let all: [ScalarFunction] = names + definitions + visibility + comments

    // MARK: Names

    private static let names: [ScalarFunction] =
        [
            ("to_regclass", SystemType.regclass), ("to_regtype", .regtype),
            ("to_regproc", .regproc), ("to_regprocedure", .regprocedure),
            ("to_regnamespace", .regnamespace), ("to_regrole", .regrole),
        ].map { name, type in
            DirectoryFunction.make(name, [.text], .system(type)) {
                (values, directory, _) throws(DemetraError) in
                let number = try directory.number(of: values[0].textOrEmpty, as: type)
                return .optional(number.flatMap { directory.name(of: $0, as: type) })
            }
        } + [
            ScalarFunction(
                "format_type",
                Signature([.type(.system(.oid)), .type(.integer)], result: .fixed(.text)),
                volatility: .stable, isStrict: false
            ) { (arguments, count, context) in
                let values = (0..<count).map { row -> Value in
                    guard case .integer(let number) = arguments[0].value(at: row) else {
                        return .null
                    }
                    let modifier = arguments[1].value(at: row)
                    return .text(typeName(number, modifier, context.directory))
                }
                return Vector(values, type: .text)
            },
            DirectoryFunction.make("pg_get_userbyid", [.system(.oid)], .system(.name)) {
                values, directory, _ in
                let number = Int64(values[0].integerOrZero)
                return .text(
                    directory.name(of: number, as: .regrole) ?? "unknown (OID=\(number))")
            },
            ScalarBuilder.function("pg_encoding_to_char", [.integer], .system(.name)) { values, _ in
                .text(values[0].integerOrZero == utf8 ? "UTF8" : "")
            },
            ScalarBuilder.function("pg_char_to_encoding", [.text], .integer) { values, _ in
                let name = values[0].textOrEmpty.uppercased().replacing("-", with: "")
                return .integer(name == "UTF8" || name == "UNICODE" ? Int64(utf8) : -1)
            },
            ScalarBuilder.general(
                "parse_ident",
                Signature(
                    [.type(.text), .type(.boolean)], requiredCount: 1, result: .fixed(.array(.text))
                )
            ) { (values, _) throws(DemetraError) in
                .array(try IdentifierText.parts(of: values[0].textOrEmpty).map { .text($0) })
            },
        ]

    /// PostgreSQL's number of the encoding.
    private static let utf8 = 6

    private static func typeName(
        _ number: Int64, _ modifier: Value, _ directory: (any ObjectDirectory)?
    ) -> String {
        guard number != 0 else { return "-" }
        var given: Int64?
        if case .integer(let number) = modifier { given = number }
        return CatalogType.numbered(number)?.shown(modifier: given)
            ?? directory?.name(of: number, as: .regtype) ?? "???"
    }

    // MARK: Definitions

    private static func definition(
        _ name: String, _ parameters: [LogicalType] = [.system(.oid)], optional: Int = 0,
        _ definition: @escaping @Sendable ([Value]) -> ObjectDefinition
    ) -> ScalarFunction {
        DirectoryFunction.make(name, parameters, .text, optional: optional) {
            values, directory, _ in
            .optional(
                directory.definition(of: Int64(values[0].integerOrZero), definition(values)))
        }
    }

    private static let definitions: [ScalarFunction] = [
        // Expressions of the catalog are kept as SQL.
        ScalarBuilder.function(
            "pg_get_expr", [.system(.nodeTree), .system(.oid), .boolean], .text, optional: 1
        ) { values, _ in .text(values[0].textOrEmpty) },
        definition("pg_get_constraintdef", [.system(.oid), .boolean], optional: 1) {
            .constraint(isPretty: $0.count > 1 && $0[1].isTrue)
        },
        definition("pg_get_indexdef") { _ in .index(column: 0, isPretty: false) },
        definition("pg_get_indexdef", [.system(.oid), .integer, .boolean]) {
            .index(column: Int64($0[1].integerOrZero), isPretty: $0[2].isTrue)
        },
        definition("pg_get_viewdef", [.system(.oid), .boolean], optional: 1) { _ in .view },
        DirectoryFunction.make("pg_get_viewdef", [.text, .boolean], .text, optional: 1) {
            (values, directory, _) throws(DemetraError) in
            .optional(directory.definition(of: try relation(values[0], directory), .view))
        },
        definition("pg_get_function_arguments") { _ in .arguments },
        definition("pg_get_function_identity_arguments") { _ in .arguments },
        definition("pg_get_function_result") { _ in .result },
        definition("pg_get_functiondef") { _ in .function },
        nothing("pg_get_ruledef", [.system(.oid), .boolean]),
        nothing("pg_get_triggerdef", [.system(.oid), .boolean]),
        nothing("pg_get_partkeydef", [.system(.oid)]),
        nothing("pg_get_statisticsobjdef_columns", [.system(.oid)]),
    ]

    /// A function about what there is none of: rules, triggers, extended statistics.
    private static func nothing(_ name: String, _ parameters: [LogicalType]) -> ScalarFunction {
        ScalarBuilder.function(name, parameters, .text, optional: parameters.count - 1) { _, _ in
            .null
        }
    }

    /// The number of the relation of a name.
    ///
    /// - Throws: 42P01 when there is none.
    static func relation(
        _ name: Value, _ directory: any ObjectDirectory
    ) throws(DemetraError) -> Int64 {
        if case .integer(let number) = name { return number }
        if let number = try directory.number(of: name.textOrEmpty, as: .regclass) { return number }
        throw ReferenceCast.missing(name.textOrEmpty, .regclass)
    }

    // MARK: Visibility

    private static let visibility: [ScalarFunction] =
        [
            ("pg_table_is_visible", ObjectKind.relation), ("pg_type_is_visible", .type),
            ("pg_function_is_visible", .function), ("pg_collation_is_visible", .collation),
        ].map { name, kind in
            DirectoryFunction.make(name, [.system(.oid)], .boolean) { values, directory, _ in
                directory.isVisible(Int64(values[0].integerOrZero), kind).map { .boolean($0) }
                    ?? .null
            }
        }
        + [
            // Kinds of which there is nothing.
            "pg_operator_is_visible", "pg_opclass_is_visible", "pg_opfamily_is_visible",
            "pg_conversion_is_visible", "pg_statistics_obj_is_visible", "pg_ts_config_is_visible",
            "pg_ts_dict_is_visible", "pg_ts_parser_is_visible", "pg_ts_template_is_visible",
        ].map { name in
            ScalarBuilder.function(name, [.system(.oid)], .boolean) { _, _ in .boolean(true) }
        } + [
            DirectoryFunction.make("pg_relation_is_publishable", [.system(.oid)], .boolean) {
                values, directory, _ in
                let number = Int64(values[0].integerOrZero)
                return directory.isVisible(number, .relation) == nil ? .null : .boolean(false)
            }
        ]

    // MARK: Comments

    private static let comments: [ScalarFunction] = [
        DirectoryFunction.make("obj_description", [.system(.oid), .text], .text, optional: 1) {
            values, directory, _ in
            .optional(
                directory.comment(
                    on: Int64(values[0].integerOrZero),
                    in: values.count > 1 ? values[1].textOrEmpty : nil, column: 0))
        },
        DirectoryFunction.make("col_description", [.system(.oid), .integer], .text) {
            values, directory, _ in
            let column = Int64(values[1].integerOrZero)
            guard column > 0 else { return .null }
            return .optional(
                directory.comment(
                    on: Int64(values[0].integerOrZero), in: "pg_class", column: column))
        },
        ScalarBuilder.function("shobj_description", [.system(.oid), .text], .text) { _, _ in
            // What databases and users share has no comments.
            .null
        },
    ]
}
