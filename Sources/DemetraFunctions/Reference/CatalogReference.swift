/// The system catalog, in the reference of functions.
enum CatalogReference {
    static let sections = [objects, session]

    private static let objects = FunctionSection(
        "The system catalog",
        """
        What PostgreSQL's clients ask of the objects of `pg_catalog`. An object goes by its number (`oid`) or, where a \
        text is taken, by its name.
        """,
        [
            FunctionEntry(
                "to_regclass",
                also: [
                    "to_regtype", "to_regproc", "to_regprocedure", "to_regnamespace", "to_regrole",
                ],
                "The object of a name, or NULL when there is none, where a cast fails.",
                example:
                    "SELECT to_regclass('pg_class'), to_regclass('nothing'), to_regtype('int8')",
                answer: "pg_class | NULL | bigint"),
            FunctionEntry(
                "format_type",
                "The name of a type with what its modifier says; the modifier may be NULL.",
                example: "SELECT format_type(1700, 786438), format_type(1184, NULL)",
                answer: "numeric(12,2) | timestamp with time zone"),
            FunctionEntry(
                "pg_get_constraintdef",
                "A constraint as it stands in CREATE TABLE.",
                example: """
                    CREATE TEMP TABLE orders (id integer PRIMARY KEY); SELECT pg_get_constraintdef(oid) FROM \
                    pg_constraint WHERE conrelid = 'orders'::regclass
                    """,
                answer: "PRIMARY KEY (id)"),
            FunctionEntry(
                "pg_get_indexdef",
                "CREATE INDEX of an index or a key; with a number above 0 the name of that column of it.",
                example: """
                    CREATE TEMP TABLE orders (id integer PRIMARY KEY); SELECT pg_get_indexdef(indexrelid, 1, \
                    true) FROM pg_index WHERE indrelid = 'orders'::regclass
                    """,
                answer: "id"),
            FunctionEntry(
                "pg_get_viewdef",
                "The query of a view.",
                example: """
                    CREATE TEMP VIEW one AS SELECT 1 AS a; SELECT pg_get_viewdef('one'::regclass)
                    """,
                answer: " SELECT 1 AS a;"),
            FunctionEntry(
                "pg_get_expr",
                "An expression of the catalog as SQL: a default, a condition.",
                example: """
                    CREATE TEMP TABLE orders (paid boolean DEFAULT false); SELECT pg_get_expr(adbin, adrelid) \
                    FROM pg_attrdef WHERE adrelid = 'orders'::regclass
                    """,
                answer: "false"),
            FunctionEntry(
                "pg_get_function_arguments",
                also: [
                    "pg_get_function_identity_arguments", "pg_get_function_result",
                    "pg_get_functiondef",
                ],
                "The arguments of a function, its result, and its CREATE FUNCTION, which has no body to show.",
                example: """
                    SELECT pg_get_function_arguments(oid), pg_get_function_result(oid) FROM pg_proc WHERE \
                    proname = 'starts_with'
                    """,
                answer: "text, text | boolean"),
            FunctionEntry(
                "pg_get_ruledef",
                also: [
                    "pg_get_triggerdef", "pg_get_partkeydef", "pg_get_statisticsobjdef_columns",
                ],
                "NULL: there are no rules, triggers, partition keys and extended statistics.",
                example: "SELECT pg_get_ruledef(1)",
                answer: "NULL"),
            FunctionEntry(
                "obj_description",
                also: ["col_description", "shobj_description"],
                "The comment on an object or on a column; NULL for none.",
                example: """
                    CREATE TEMP TABLE orders (id integer); COMMENT ON COLUMN orders.id IS 'the number'; SELECT \
                    obj_description('orders'::regclass, 'pg_class'), col_description('orders'::regclass, 1)
                    """,
                answer: "NULL | the number"),
            FunctionEntry(
                "pg_table_is_visible",
                also: [
                    "pg_type_is_visible", "pg_function_is_visible", "pg_collation_is_visible",
                    "pg_operator_is_visible", "pg_opclass_is_visible", "pg_opfamily_is_visible",
                    "pg_conversion_is_visible", "pg_statistics_obj_is_visible",
                    "pg_ts_config_is_visible", "pg_ts_dict_is_visible", "pg_ts_parser_is_visible",
                    "pg_ts_template_is_visible",
                ],
                "Whether an object is found without its schema; NULL when there is none.",
                example: """
                    SELECT pg_table_is_visible('pg_class'::regclass), \
                    pg_table_is_visible('information_schema.tables'::regclass)
                    """,
                answer: "t | f"),
            FunctionEntry(
                "pg_relation_is_publishable",
                "False: tables are not published.",
                example: "SELECT pg_relation_is_publishable('pg_class'::regclass)",
                answer: "f"),
            FunctionEntry(
                "pg_get_userbyid",
                "The name of a user.",
                example: "SELECT pg_get_userbyid(10) = current_user, pg_get_userbyid(7)",
                answer: "t | unknown (OID=7)"),
            FunctionEntry(
                "pg_encoding_to_char",
                also: ["pg_char_to_encoding"],
                "The name of an encoding, and its number. UTF8, which has the number 6, is the only one.",
                example: "SELECT pg_encoding_to_char(6), pg_char_to_encoding('UTF8')",
                answer: "UTF8 | 6"),
            FunctionEntry(
                "parse_ident",
                "The parts of a name as SQL writes it, those without quotes in lower case.",
                example: "SELECT parse_ident('Public.\"Ad Spend\"')",
                answer: "{public,\"Ad Spend\"}"),
            FunctionEntry(
                "_pg_expandarray",
                "The elements of an array, each as a record of the element `x` and its place `n`.",
                example: "SELECT (information_schema._pg_expandarray(ARRAY[7])).n",
                answer: "1"),
            FunctionEntry(
                "pg_partition_ancestors",
                "No rows: no table is the partition of another.",
                example: "SELECT count(*) FROM pg_partition_ancestors('pg_class'::regclass)",
                answer: "0"),
            FunctionEntry(
                "pg_get_publication_tables",
                "The tables of a publication. There are none, so each name is an error (42704); NULL gives no rows.",
                example: "SELECT count(*) FROM pg_get_publication_tables(NULL)",
                answer: "0"),
            FunctionEntry(
                "pg_get_keywords",
                "The words of the language with their class: U, C, T or R for unreserved to reserved.",
                example: "SELECT word, catcode FROM pg_get_keywords() WHERE word = 'select'",
                answer: "select | R"),
            FunctionEntry(
                "demetra_completions",
                """
                What the word that ends at a byte of a text may become, best first, with the bytes of the text that each \
                candidate takes the place of.
                """,
                example: "SELECT candidate, kind FROM demetra_completions('SELECT 1 ORDE', 13)",
                answer: "ORDER | keyword"),
        ])

    private static let session = FunctionSection(
        "Settings, privileges and sizes",
        "",
        [
            FunctionEntry(
                "current_schemas",
                """
                The schemas of the search path that exist; with true also those that are searched unasked.
                """,
                example: "SELECT current_schemas(true), current_schemas(false)",
                answer: "{pg_catalog,public} | {public}"),
            FunctionEntry(
                "pg_my_temp_schema",
                also: ["pg_is_other_temp_schema"],
                "The schema of the session's temporary tables, 0 without any; and whether one is another's.",
                example: "SELECT pg_my_temp_schema() >= 0::oid, pg_is_other_temp_schema(11)",
                answer: "t | f"),
            FunctionEntry(
                "pg_backend_pid",
                "The number that the session goes by.",
                example: "SELECT count(*) FROM pg_stat_activity WHERE pid = pg_backend_pid()",
                answer: "1"),
            FunctionEntry(
                "pg_notify",
                "Sends a text to all sessions that LISTEN to a channel, when the transaction commits; as NOTIFY.",
                example: "SELECT pg_notify('alerts', 'roi < 1') = ''",
                answer: "t"),
            FunctionEntry(
                "pg_advisory_unlock_all",
                "Gives the session's advisory locks up, of which there are none: pools ask for it.",
                example: "SELECT pg_advisory_unlock_all() = ''",
                answer: "t"),
            FunctionEntry(
                "pg_cancel_backend",
                also: ["pg_terminate_backend"],
                """
                Stops the statement of the session of that number, or ends the session; false when there is none. One's own and those \
                of roles one is a member of; superusers may stop all. `demetra_sessions` lists them.
                """,
                example: "SELECT pg_cancel_backend(-1)",
                answer: "f"),
            FunctionEntry(
                "pg_sleep",
                also: ["pg_sleep_for"],
                "Waits so many seconds, or an interval, and gives an empty text; cancelling ends it.",
                example: "SELECT pg_sleep(0.01) = '', pg_sleep_for('5 milliseconds') = ''",
                answer: "t | t"),
            FunctionEntry(
                "pg_is_in_recovery",
                "False: a database that is open can be written.",
                example: "SELECT pg_is_in_recovery()",
                answer: "f"),
            FunctionEntry(
                "has_table_privilege",
                also: [
                    "has_any_column_privilege", "has_column_privilege", "has_sequence_privilege",
                    "has_schema_privilege", "has_database_privilege", "has_type_privilege",
                    "has_function_privilege", "has_language_privilege", "has_tablespace_privilege",
                    "has_foreign_data_wrapper_privilege", "has_server_privilege", "pg_has_role",
                ],
                """
                Whether a role, by default the current one, may do one of the things that the text lists, such as \
                `SELECT, UPDATE WITH GRANT OPTION`. NULL for a number that nothing has, an error for such a name.
                """,
                example: """
                    SELECT has_table_privilege('pg_class', 'SELECT'), has_schema_privilege('public', 'USAGE')
                    """,
                answer: "t | t"),
            FunctionEntry(
                "pg_table_size",
                also: [
                    "pg_relation_size", "pg_total_relation_size", "pg_indexes_size",
                    "pg_database_size", "pg_tablespace_size",
                ],
                "Bytes that a table takes, in files and memory; indexes take none of their own.",
                example: """
                    CREATE TEMP TABLE orders (id integer); SELECT pg_table_size('orders') = \
                    pg_total_relation_size('orders'), pg_indexes_size('orders')
                    """,
                answer: "t | 0"),
            FunctionEntry(
                "pg_tablespace_location",
                "Empty: there is one tablespace, the directory of the database.",
                example: "SELECT pg_tablespace_location(1663) = ''",
                answer: "t"),
        ])
}
