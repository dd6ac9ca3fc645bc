import DemetraTypes

/// The views of `information_schema` that the database answers, with the columns that PostgreSQL 15 gives them.
///
/// - Source: chapter 37 of the PostgreSQL 15 documentation.
enum InformationRelation: String, CaseIterable {
    case schemata, tables, columns, views
    case tableConstraints = "table_constraints"
    case keyColumnUsage = "key_column_usage"
    case checkConstraints = "check_constraints"
    case constraintColumnUsage = "constraint_column_usage"
    case referentialConstraints = "referential_constraints"
    case sequences, collations, domains, triggers
    case characterSets = "character_sets"
    case catalogName = "information_schema_catalog_name"
    case constraintTableUsage = "constraint_table_usage"
    case enabledRoles = "enabled_roles"
    case applicableRoles = "applicable_roles"
    case tablePrivileges = "table_privileges"
    case roleTableGrants = "role_table_grants"

    /// The schema that they are in.
    static let schemaName = "information_schema"

    /// Its columns: texts, but for those that are numbers.
    var schema: Schema {
        Schema(
            names.map { name in
                Field(name: name, type: Self.numbers.contains(name) ? .integer : .text)
            })
    }

    private static let numbers: Set<String> = [
        "ordinal_position", "character_maximum_length", "character_octet_length",
        "numeric_precision", "numeric_precision_radix", "numeric_scale", "datetime_precision",
        "interval_precision", "maximum_cardinality", "action_order",
        "position_in_unique_constraint",
    ]

    private static let table = ["table_catalog", "table_schema", "table_name"]
    private static let constraint = [
        "constraint_catalog", "constraint_schema", "constraint_name",
    ]

    private var names: [String] {
        switch self {
        case .schemata:
            [
                "catalog_name", "schema_name", "schema_owner", "default_character_set_catalog",
                "default_character_set_schema", "default_character_set_name", "sql_path",
            ]
        case .tables:
            Self.table + [
                "table_type", "self_referencing_column_name", "reference_generation",
                "user_defined_type_catalog", "user_defined_type_schema", "user_defined_type_name",
                "is_insertable_into", "is_typed", "commit_action",
            ]
        case .columns:
            Self.table + [
                "column_name", "ordinal_position", "column_default", "is_nullable", "data_type",
                "character_maximum_length", "character_octet_length", "numeric_precision",
                "numeric_precision_radix", "numeric_scale", "datetime_precision", "interval_type",
                "interval_precision", "character_set_catalog", "character_set_schema",
                "character_set_name", "collation_catalog", "collation_schema", "collation_name",
                "domain_catalog", "domain_schema", "domain_name", "udt_catalog", "udt_schema",
                "udt_name", "scope_catalog", "scope_schema", "scope_name", "maximum_cardinality",
                "dtd_identifier", "is_self_referencing", "is_identity", "identity_generation",
                "identity_start", "identity_increment", "identity_maximum", "identity_minimum",
                "identity_cycle", "is_generated", "generation_expression", "is_updatable",
            ]
        case .views:
            Self.table + [
                "view_definition", "check_option", "is_updatable", "is_insertable_into",
                "is_trigger_updatable", "is_trigger_deletable", "is_trigger_insertable_into",
            ]
        case .tableConstraints:
            Self.constraint + Self.table + [
                "constraint_type", "is_deferrable", "initially_deferred", "enforced",
                "nulls_distinct",
            ]
        case .keyColumnUsage:
            Self.constraint + Self.table + [
                "column_name", "ordinal_position", "position_in_unique_constraint",
            ]
        case .checkConstraints: Self.constraint + ["check_clause"]
        case .constraintColumnUsage: Self.table + ["column_name"] + Self.constraint
        case .referentialConstraints:
            Self.constraint + [
                "unique_constraint_catalog", "unique_constraint_schema", "unique_constraint_name",
                "match_option", "update_rule", "delete_rule",
            ]
        case .sequences:
            [
                "sequence_catalog", "sequence_schema", "sequence_name", "data_type",
                "numeric_precision", "numeric_precision_radix", "numeric_scale", "start_value",
                "minimum_value", "maximum_value", "increment", "cycle_option",
            ]
        default: furtherNames
        }
    }

    /// The columns of what is not about tables and their columns.
    private var furtherNames: [String] {
        switch self {
        case .collations:
            ["collation_catalog", "collation_schema", "collation_name", "pad_attribute"]
        case .domains:
            [
                "domain_catalog", "domain_schema", "domain_name", "data_type",
                "character_maximum_length", "character_octet_length", "character_set_catalog",
                "character_set_schema", "character_set_name", "collation_catalog",
                "collation_schema", "collation_name", "numeric_precision",
                "numeric_precision_radix", "numeric_scale", "datetime_precision", "interval_type",
                "interval_precision", "domain_default", "udt_catalog", "udt_schema", "udt_name",
                "scope_catalog", "scope_schema", "scope_name", "maximum_cardinality",
                "dtd_identifier",
            ]
        case .triggers:
            [
                "trigger_catalog", "trigger_schema", "trigger_name", "event_manipulation",
                "event_object_catalog", "event_object_schema", "event_object_table",
                "action_order", "action_condition", "action_statement", "action_orientation",
                "action_timing", "action_reference_old_table", "action_reference_new_table",
                "action_reference_old_row", "action_reference_new_row", "created",
            ]
        case .characterSets:
            [
                "character_set_catalog", "character_set_schema", "character_set_name",
                "character_repertoire", "form_of_use", "default_collate_catalog",
                "default_collate_schema", "default_collate_name",
            ]
        case .catalogName: ["catalog_name"]
        case .constraintTableUsage: Self.table + Self.constraint
        case .enabledRoles: ["role_name"]
        case .applicableRoles: ["grantee", "role_name", "is_grantable"]
        case .tablePrivileges, .roleTableGrants:
            ["grantor", "grantee"] + Self.table + [
                "privilege_type", "is_grantable", "with_hierarchy",
            ]
        default: []
        }
    }
}
