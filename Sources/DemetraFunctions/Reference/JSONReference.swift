/// JSON, in the reference of functions.
enum JSONReference {
    static let section = FunctionSection(
        "JSON",
        """
        json keeps its text, jsonb its normal form: keys sorted and single, no blanks of its own. Functions \
        of json and jsonb differ in that alone. Operators take parts out.
        """,
        [
            FunctionEntry(
                "to_json",
                also: ["to_jsonb"],
                """
                A value as JSON: numbers and booleans as such, arrays as arrays, a row or a table's name as \
                an object, all else as a string. NULL gives NULL.
                """,
                example: """
                    SELECT to_json(ARRAY[1, NULL, 3]), to_jsonb('a "b"'::text), to_jsonb(1.50), to_json(date \
                    '2026-03-09')
                    """,
                answer: "[1,null,3] | \"a \\\"b\\\"\" | 1.50 | \"2026-03-09\""),
            FunctionEntry(
                "array_to_json",
                "An array as JSON.",
                example: "SELECT array_to_json(ARRAY['a', 'b'])",
                answer: "[\"a\",\"b\"]"),
            FunctionEntry(
                "row_to_json",
                forms: [CallForm("row", gives: "json")],
                implementation: ["row_to_json", "json_row"],
                "A row, or the row of a table by the table's name, as an object.",
                example:
                    "SELECT row_to_json(t) FROM (VALUES ('meta', 12.5)) AS t(channel, spend)",
                answer: "{\"channel\":\"meta\",\"spend\":12.5}"),
            FunctionEntry(
                "json_build_array",
                also: ["jsonb_build_array"],
                "An array of the arguments.",
                example: """
                    SELECT json_build_array(1, 'a', NULL, true), jsonb_build_array('{"a":1}'::jsonb)
                    """,
                answer: "[1, \"a\", null, true] | [{\"a\": 1}]"),
            FunctionEntry(
                "json_build_object",
                also: ["jsonb_build_object"],
                """
                An object of keys and values by turns. A NULL key or an odd number of arguments is an error \
                (22023).
                """,
                example: """
                    SELECT json_build_object('channel', 'meta', 'spend', 12.5), jsonb_build_object('b', 1, 'a', \
                    NULL)
                    """,
                answer: "{\"channel\" : \"meta\", \"spend\" : 12.5} | {\"a\": null, \"b\": 1}"),
            FunctionEntry(
                "json_object",
                also: ["jsonb_object"],
                "An object of texts: of an array of keys and values by turns, or of two arrays.",
                example: "SELECT json_object('{a, 1, b, 2}'), jsonb_object('{b, a}', '{1, 2}')",
                answer: "{\"a\" : \"1\", \"b\" : \"2\"} | {\"a\": \"2\", \"b\": \"1\"}"),
            FunctionEntry(
                "json_typeof",
                also: ["jsonb_typeof"],
                "object, array, string, number, boolean or null.",
                example: """
                    SELECT json_typeof('[1]'), jsonb_typeof('{"a": null}'::jsonb -> 'a'), jsonb_typeof('1.5')
                    """,
                answer: "array | null | number"),
            FunctionEntry(
                "json_array_length",
                also: ["jsonb_array_length"],
                "How many elements an array has. Of anything else an error (22023).",
                example:
                    "SELECT json_array_length('[1, [2, 3], null]'), jsonb_array_length('[]')",
                answer: "3 | 0"),
            FunctionEntry(
                "json_extract_path",
                also: ["jsonb_extract_path"],
                "The part at the end of a path of keys and numbers; the operator `#>`.",
                example: """
                    SELECT json_extract_path('{"a": [{"b": 7}]}', 'a', '0', 'b'), jsonb_extract_path('{"a": 1}', \
                    'x')
                    """,
                answer: "7 | NULL"),
            FunctionEntry(
                "json_extract_path_text",
                also: ["jsonb_extract_path_text"],
                "The part at the end of a path, as text; the operator `#>>`.",
                example: """
                    SELECT json_extract_path_text('{"a": {"b": "x"}}', 'a', 'b'), jsonb_extract_path_text('{"a": \
                    null}', 'a')
                    """,
                answer: "x | NULL"),
            FunctionEntry(
                "json_strip_nulls",
                also: ["jsonb_strip_nulls"],
                "Without the members of objects that are null. Nulls in arrays stay.",
                example: """
                    SELECT json_strip_nulls('{"a": 1, "b": null, "c": [null]}'), jsonb_strip_nulls('{"a": {"b": \
                    null}}')
                    """,
                answer: "{\"a\":1,\"c\":[null]} | {\"a\": {}}"),
            FunctionEntry(
                "jsonb_set",
                """
                The value at the end of a path replaced, or added where it is missing unless a fourth \
                argument is false.
                """,
                example: """
                    SELECT jsonb_set('{"a": 1}', '{b}', '2'), jsonb_set('{"a": [1, 2]}', '{a, 0}', '9'), \
                    jsonb_set('{"a": 1}', '{b}', '2', false)
                    """,
                answer: "{\"a\": 1, \"b\": 2} | {\"a\": [9, 2]} | {\"a\": 1}"),
            FunctionEntry(
                "jsonb_insert",
                """
                A value put into an array before the element of a path, or behind it with true as the fourth \
                argument; into an object under a new key.
                """,
                example: """
                    SELECT jsonb_insert('[1, 3]', '{1}', '2'), jsonb_insert('[1, 3]', '{1}', '4', true), \
                    jsonb_insert('{"a": 1}', '{b}', '2')
                    """,
                answer: "[1, 2, 3] | [1, 3, 4] | {\"a\": 1, \"b\": 2}"),
            FunctionEntry(
                "jsonb_pretty",
                "The value on several lines, indented.",
                example: "SELECT jsonb_pretty('{\"a\": [1, 2]}')",
                answer: """
                    {
                        "a": [
                            1,
                            2
                        ]
                    }
                    """),
            FunctionEntry(
                "json_array_elements",
                also: ["jsonb_array_elements"],
                "A row for each element of an array.",
                example: "SELECT * FROM json_array_elements('[1, \"a\", null]')",
                answer: """
                    1
                    "a"
                    null
                    """),
            FunctionEntry(
                "json_array_elements_text",
                also: ["jsonb_array_elements_text"],
                "A row for each element of an array, as text; null is NULL.",
                example: "SELECT * FROM jsonb_array_elements_text('[1, \"a\", null]')",
                answer: """
                    1
                    a
                    NULL
                    """),
            FunctionEntry(
                "json_each",
                also: ["jsonb_each"],
                "A row for each member of an object: its key and its value.",
                example: "SELECT * FROM json_each('{\"a\": 1, \"b\": \"x\"}')",
                answer: """
                    a | 1
                    b | "x"
                    """),
            FunctionEntry(
                "json_each_text",
                also: ["jsonb_each_text"],
                "A row for each member of an object, with its value as text; null is NULL.",
                example: "SELECT * FROM jsonb_each_text('{\"a\": 1, \"b\": \"x\", \"c\": null}')",
                answer: """
                    a | 1
                    b | x
                    c | NULL
                    """),
            FunctionEntry(
                "json_object_keys",
                also: ["jsonb_object_keys"],
                "A row for each key of an object.",
                example: "SELECT * FROM json_object_keys('{\"b\": 1, \"a\": 2}')",
                answer: """
                    b
                    a
                    """),
            FunctionEntry(
                "json_populate_record",
                also: [
                    "jsonb_populate_record", "json_populate_recordset", "jsonb_populate_recordset",
                ],
                forms: [CallForm("NULL::table, json", gives: "the columns of the table")],
                """
                In FROM: an object as a row with the columns of a table or view, each member cast to the type of its \
                column, NULL where there is none; with recordset a row for each object of an array.
                """,
                example: """
                    CREATE TEMP TABLE plan (channel text, spend numeric(9, 2)); SELECT * FROM \
                    json_populate_record(NULL::plan, '{"spend": "12.5", "channel": "meta", "other": 1}')
                    """,
                answer: "meta | 12.50"),
            FunctionEntry(
                "jsonb_path_query",
                also: ["jsonb_path_query_tz"],
                """
                A row for each item that an SQL/JSON path finds: `.key`, `[0]`, `[*]`, `.**`, filters \
                `? (@.spend > 10)`, arithmetic, and the methods type, size, double, ceiling, floor, abs and keyvalue. \
                The third argument has values for `$names`. With true as the fourth, errors give what was found \
                before them. A path that begins with strict makes an error of what is not there.
                """,
                example: """
                    SELECT jsonb_path_query('{"ads": [{"id": 1, "spend": 5}, {"id": 2, "spend": 50}]}', '$.ads[*] \
                    ? (@.spend > $least).id', '{"least": 10}')
                    """,
                answer: "2"),
            FunctionEntry(
                "jsonb_path_query_array",
                also: ["jsonb_path_query_array_tz"],
                "The items that a path finds, as an array.",
                example: "SELECT jsonb_path_query_array('[1, 2, 3]', '$[*] ? (@ >= 2)')",
                answer: "[2, 3]"),
            FunctionEntry(
                "jsonb_path_query_first",
                also: ["jsonb_path_query_first_tz"],
                "The first item that a path finds, or NULL.",
                example: "SELECT jsonb_path_query_first('{\"a\": [7, 8]}', '$.a[last]')",
                answer: "8"),
            FunctionEntry(
                "jsonb_path_exists",
                also: ["jsonb_path_exists_tz"],
                "Whether a path finds anything.",
                example: "SELECT jsonb_path_exists('{\"a\": [7, 8]}', '$.a[*] ? (@ > 7)')",
                answer: "t"),
            FunctionEntry(
                "jsonb_path_match",
                also: ["jsonb_path_match_tz"],
                "What a path gives that is a condition. Another item is an error (22038).",
                example: "SELECT jsonb_path_match('{\"a\": [7, 8]}', 'exists($.a[*] ? (@ > 8))')",
                answer: "f"),
            FunctionEntry(
                "json_agg",
                also: ["jsonb_agg"],
                implementation: ["json_agg_lines"],
                """
                The values of a group, or rows by a table's name, as an array, NULLs among them. NULL \
                without rows.
                """,
                example: """
                    SELECT jsonb_agg(x ORDER BY x DESC), jsonb_agg(x) FILTER (WHERE x > 2) FROM (VALUES (1), \
                    (2), (NULL)) AS t(x)
                    """,
                answer: "[null, 2, 1] | NULL"),
            FunctionEntry(
                "json_object_agg",
                also: ["jsonb_object_agg"],
                "An object of the keys and values of a group. A NULL key is an error (22023).",
                example: """
                    SELECT jsonb_object_agg(channel, spend) FROM (VALUES ('meta', 12.5), ('google', 7)) AS \
                    t(channel, spend)
                    """,
                answer: "{\"meta\": 12.5, \"google\": 7}"),
        ])
}
