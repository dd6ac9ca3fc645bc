/// Operators, in the reference of functions.
enum OperatorReference {
    static let section = FunctionSection(
        "Operators",
        """
        Written between or before their operands. An operand that is NULL makes the result NULL, unless said \
        otherwise.
        """, content: .operators,
        [
            FunctionEntry(
                "=",
                also: ["<>", "!=", "<", "<=", ">", ">="],
                forms: [CallForm("any = any", gives: "boolean")],
                """
                Comparisons. Texts compare by code points, arrays element by element, rows such as (a, b) \
                column by column; NULL gives NULL.
                """,
                example: """
                    SELECT 2 < 10, '2' < '10', ARRAY[1, 2] < ARRAY[1, 3], (1, 'b') > (1, 'a'), 1 <> 1, 1 = NULL
                    """,
                answer: "t | f | t | t | f | NULL"),
            FunctionEntry(
                "BETWEEN",
                forms: [CallForm("any [NOT] BETWEEN [SYMMETRIC] low AND high", gives: "boolean")],
                """
                Whether a value lies between two others or is one of them. SYMMETRIC takes the two in any \
                order.
                """,
                example: """
                    SELECT 5 BETWEEN 1 AND 5, 5 BETWEEN 9 AND 1, 5 BETWEEN SYMMETRIC 9 AND 1, 0 NOT BETWEEN 1 \
                    AND 5
                    """,
                answer: "t | f | t | t"),
            FunctionEntry(
                "IN",
                forms: [CallForm("any [NOT] IN (values or query)", gives: "boolean")],
                """
                Whether a value equals one of a list, or of the rows of a query. Without a match a NULL \
                among them makes it NULL.
                """,
                example: """
                    SELECT 'meta' IN ('meta', 'google'), 3 NOT IN (1, 2), 3 IN (1, NULL), 2 IN (SELECT * FROM \
                    generate_series(1, 3))
                    """,
                answer: "t | t | NULL | t"),
            FunctionEntry(
                "ANY",
                also: ["SOME", "ALL"],
                forms: [CallForm("any = ANY (array or query)", gives: "boolean")],
                """
                Compares with each element of an array or each row of a query by any comparison or LIKE: ANY \
                and SOME ask for one that holds, ALL for no other.
                """,
                example: """
                    SELECT 2 = ANY (ARRAY[1, 2]), 2 > ALL (ARRAY[0, 1]), 'ad 7' LIKE ANY (ARRAY['ad%', 'x%']), 1 \
                    > ALL ('{}'::integer[])
                    """,
                answer: "t | t | t | t"),
            FunctionEntry(
                "EXISTS",
                forms: [CallForm("EXISTS (query)", gives: "boolean")],
                "Whether a query gives any row. Never NULL.",
                example:
                    "SELECT EXISTS (SELECT 1 WHERE false), NOT EXISTS (SELECT 1 WHERE false)",
                answer: "f | t"),
            FunctionEntry(
                "IS NULL",
                forms: [
                    CallForm("any IS [NOT] NULL", gives: "boolean"),
                    CallForm("any ISNULL", gives: "boolean"),
                    CallForm("any NOTNULL", gives: "boolean"),
                ],
                "Whether a value is unknown. Never NULL itself; `= NULL` always is.",
                example: "SELECT NULL IS NULL, '' IS NULL, 0 IS NOT NULL",
                answer: "t | f | t"),
            FunctionEntry(
                "IS DISTINCT FROM",
                forms: [CallForm("any IS [NOT] DISTINCT FROM any", gives: "boolean")],
                "Comparison in which NULL is a value like any other. Never NULL.",
                example: """
                    SELECT 1 IS DISTINCT FROM NULL, NULL IS NOT DISTINCT FROM NULL, 1 IS DISTINCT FROM 1
                    """,
                answer: "t | t | f"),
            FunctionEntry(
                "IS TRUE",
                forms: [
                    CallForm("boolean IS [NOT] TRUE", gives: "boolean"),
                    CallForm("boolean IS [NOT] FALSE", gives: "boolean"),
                    CallForm("boolean IS [NOT] UNKNOWN", gives: "boolean"),
                ],
                "Asks for one of the three truth values. Never NULL.",
                example:
                    "SELECT (1 = 1) IS TRUE, NULL IS FALSE, NULL IS UNKNOWN, NULL IS NOT TRUE",
                answer: "t | f | t | t"),
            FunctionEntry(
                "AND",
                also: ["OR"],
                forms: [CallForm("boolean AND boolean", gives: "boolean")],
                """
                Logic of three values: NULL stands for what may be either, so that false AND NULL is false \
                and true OR NULL is true.
                """,
                example: "SELECT true AND NULL, false AND NULL, true OR NULL, true AND true",
                answer: "NULL | f | t | t"),
            FunctionEntry(
                "NOT",
                forms: [CallForm("NOT boolean", gives: "boolean")],
                "The opposite; of NULL it is NULL.",
                example: "SELECT NOT true, NOT false, NOT NULL::boolean",
                answer: "f | t | NULL"),
            FunctionEntry(
                "+",
                forms: [
                    CallForm("number + number", gives: "number"),
                    CallForm("date + integer", gives: "date"),
                    CallForm("date, time or timestamp + interval", gives: "timestamp"),
                    CallForm("interval + interval", gives: "interval"),
                ],
                implementation: ["timestamptz_pl_interval"],
                """
                Adds. Integers that overflow are an error (22003). To a date an integer adds days; intervals \
                add months, then days, then time.
                """,
                example: """
                    SELECT 1 + 1.5, date '2026-01-31' + 1, date '2026-01-31' + interval '1 month', interval '1 \
                    day' + interval '2 hours'
                    """,
                answer: "2.5 | 2026-02-01 | 2026-02-28 00:00:00 | 1 day 02:00:00"),
            FunctionEntry(
                "-",
                forms: [
                    CallForm("number - number", gives: "number"),
                    CallForm("- number", gives: "number"),
                    CallForm("date - integer", gives: "date"),
                    CallForm("date - date", gives: "integer"),
                    CallForm("timestamp - timestamp", gives: "interval"),
                    CallForm("timestamp - interval", gives: "timestamp"),
                    CallForm("jsonb - text, integer or text[]", gives: "jsonb"),
                ],
                implementation: ["timestamptz_mi_interval", "-"],
                """
                Subtracts, or changes the sign. Two dates are days apart, two timestamps an interval. From \
                jsonb it takes out keys, texts of an array, or the element of a number.
                """,
                example: """
                    SELECT 5 - 7, -(2.5), date '2026-03-01' - date '2026-02-01', timestamp '2026-03-01 12:00' - \
                    timestamp '2026-02-28', '{"a": 1, "b": 2}'::jsonb - 'a'
                    """,
                answer: "-2 | -2.5 | 28 | 1 day 12:00:00 | {\"b\": 2}"),
            FunctionEntry(
                "*",
                forms: [
                    CallForm("number * number", gives: "number"),
                    CallForm("interval * number", gives: "interval"),
                ],
                "Multiplies. Numerics keep the digits of both sides.",
                example: "SELECT 6 * 7, 1.10 * 2.5, interval '1 day 6 hours' * 2",
                answer: "42 | 2.750 | 2 days 12:00:00"),
            FunctionEntry(
                "/",
                forms: [
                    CallForm("number / number", gives: "number"),
                    CallForm("interval / number", gives: "interval"),
                ],
                """
                Divides; of integers the part behind the point is cut off. Division by zero is an error \
                (22012), but NULL inside a metric.
                """,
                example: "SELECT 7 / 2, -7 / 2, 7 / 2.0, round(1.0 / 3, 4), interval '1 day' / 4",
                answer: "3 | -3 | 3.5000000000000000 | 0.3333 | 06:00:00"),
            FunctionEntry(
                "%",
                forms: [CallForm("number % number", gives: "number")],
                """
                What a division of whole numbers or numerics leaves, with the sign of the left side.
                """,
                example: "SELECT 7 % 3, -7 % 3, 7.5 % 2",
                answer: "1 | -1 | 1.5"),
            FunctionEntry(
                "^",
                "A power. It binds from the left: 2 ^ 3 ^ 2 is 64.",
                example: "SELECT 2 ^ 10, 2.0 ^ 3, 2 ^ 3 ^ 2",
                answer: "1024 | 8.0000000000000000 | 64"),
            FunctionEntry(
                "&",
                also: ["|", "#", "<<", ">>"],
                """
                Works on the bits of integers: and, or, exclusive or, and shifts to the left and right.
                """,
                example: "SELECT 12 & 10, 12 | 10, 12 # 10, 1 << 4, -16 >> 2",
                answer: "8 | 14 | 6 | 16 | -4"),
            FunctionEntry(
                "||",
                forms: [
                    CallForm("array || array", gives: "array"),
                    CallForm("array || element", gives: "array"),
                    CallForm("element || array", gives: "array"),
                ],
                """
                Joins texts, arrays, or an array and an element. Unlike concat it gives NULL for NULL. Two \
                jsonb objects become one, in which the right one wins.
                """,
                example: """
                    SELECT 'ad ' || 7, ARRAY[1, 2] || 3, '{"a": 1, "b": 2}'::jsonb || '{"b": 3}', 'x' || NULL
                    """,
                answer: "ad 7 | {1,2,3} | {\"a\": 1, \"b\": 3} | NULL"),
            FunctionEntry(
                "LIKE",
                also: ["ILIKE"],
                forms: [CallForm("text [NOT] LIKE pattern [ESCAPE text]", gives: "boolean")],
                implementation: ["like", "ilike"],
                """
                Whether the whole text fits a pattern: `_` is one character, `%` any number of them, a \
                backslash takes the next one as it is. ILIKE ignores case.
                """,
                example: """
                    SELECT 'summer sale' LIKE '%sale', 'Sale' LIKE 'sale', 'Sale' ILIKE 'sale', '10%' LIKE \
                    '10\\%', 'a_b' LIKE 'a!_b' ESCAPE '!'
                    """,
                answer: "t | f | t | t | t"),
            FunctionEntry(
                "SIMILAR TO",
                forms: [CallForm("text [NOT] SIMILAR TO pattern [ESCAPE text]", gives: "boolean")],
                implementation: ["similar_to"],
                """
                Whether the whole text fits a pattern of the SQL standard: LIKE with the alternatives, \
                groups and repetitions of regular expressions.
                """,
                example: """
                    SELECT 'brand_search' SIMILAR TO '(brand|generic)%', 'x1' SIMILAR TO 'x[0-9]+', 'x' SIMILAR \
                    TO 'x[0-9]+'
                    """,
                answer: "t | t | f"),
            FunctionEntry(
                "~",
                also: ["~*", "!~", "!~*"],
                """
                Whether some part of a text matches a regular expression: `*` ignores case, `!` asks for no \
                match. Patterns know no references to their own groups. Before an integer `~` turns its bits \
                over.
                """,
                example: """
                    SELECT 'utm_source=meta' ~ 'source=(meta|google)', 'META' ~ 'meta', 'META' ~* 'meta', \
                    'tiktok' !~ '^t', 'tiktok' !~* '^X', ~12
                    """,
                answer: "t | f | t | f | t | -13"),
            FunctionEntry(
                "COLLATE",
                forms: [CallForm("text COLLATE \"C\"", gives: "text")],
                """
                Names the order of texts. There is one, by code points, under the names C, POSIX, ucs_basic \
                and default.
                """,
                example: "SELECT 'a' < 'B', 'a' COLLATE \"C\" < 'B'",
                answer: "f | f"),
            FunctionEntry(
                "AT TIME ZONE",
                forms: [
                    CallForm("timestamptz AT TIME ZONE zone", gives: "timestamp"),
                    CallForm("timestamp AT TIME ZONE zone", gives: "timestamptz"),
                ],
                implementation: ["timezone"],
                """
                The clock of a zone at an instant, or the instant at which the clock of a zone shows a time. \
                timezone(zone, time) is the same.
                """,
                example: """
                    SET timezone = 'UTC'; SELECT timestamptz '2026-07-01 12:00+00' AT TIME ZONE 'Europe/Berlin', \
                    timestamp '2026-07-01 12:00' AT TIME ZONE 'America/New_York'
                    """,
                answer: "2026-07-01 14:00:00 | 2026-07-01 16:00:00+00"),
            FunctionEntry(
                "::",
                forms: [
                    CallForm("any :: type", gives: "the type"),
                    CallForm("CAST(any AS type)", gives: "the type"),
                ],
                """
                Changes the type. Text is read as the type is written; numbers are rounded where the type \
                has fewer places. What does not fit is an error (22P02, 22003).
                """,
                example: """
                    SELECT '42'::integer, CAST(2.5 AS integer), 1234.567::numeric(6, 1), '2026-02-03'::date, \
                    'yes'::boolean
                    """,
                answer: "42 | 3 | 1234.6 | 2026-02-03 | t"),
            FunctionEntry(
                "->",
                also: ["->>"],
                """
                A member of a JSON object by its key, or an element of an array by its number, from 0 or, \
                below it, from the end: `->` as JSON, `->>` as text. NULL where there is none.
                """,
                example: """
                    SELECT '{"a": {"b": "x"}}'::jsonb -> 'a', '{"a": "x"}'::jsonb ->> 'a', '[10, 20]'::json -> \
                    -1, '{"a": 1}'::jsonb -> 'z'
                    """,
                answer: "{\"b\": \"x\"} | x | 20 | NULL"),
            FunctionEntry(
                "#>",
                also: ["#>>"],
                """
                The part of a JSON value at the end of a path of keys and numbers, as JSON or as text.
                """,
                example: """
                    SELECT '{"a": [{"b": "x"}]}'::jsonb #> '{a, 0}', '{"a": [{"b": "x"}]}'::jsonb #>> '{a, 0, \
                    b}'
                    """,
                answer: "{\"b\": \"x\"} | x"),
            FunctionEntry(
                "#-",
                "A JSON value without what stands at the end of a path.",
                example: "SELECT '{\"a\": {\"b\": 1, \"c\": 2}}'::jsonb #- '{a, b}'",
                answer: "{\"a\": {\"c\": 2}}"),
            FunctionEntry(
                "@?",
                "Whether an SQL/JSON path finds anything; NULL where values make an error of it.",
                example: "SELECT '{\"a\": [1, 2]}'::jsonb @? '$.a[*] ? (@ > 1)'",
                answer: "t"),
            FunctionEntry(
                "@@",
                "What an SQL/JSON path gives that is a condition; NULL where it gives anything else.",
                example: "SELECT '{\"a\": 1}'::jsonb @@ '$.a == 1'",
                answer: "t"),
            FunctionEntry(
                "@>",
                also: ["<@"],
                """
                Whether the left side holds all of the right one (`<@`: the other way round): elements of \
                arrays in any order, members of JSON objects with all that is in them.
                """,
                example: """
                    SELECT ARRAY[3, 1, 2] @> ARRAY[1, 3], ARRAY[1, 4] <@ ARRAY[1, 2], '{"a": 1, "b": [1, \
                    2]}'::jsonb @> '{"b": [2]}'
                    """,
                answer: "t | f | t"),
            FunctionEntry(
                "&&",
                "Whether two arrays have an element in common.",
                example: "SELECT ARRAY[1, 2] && ARRAY[2, 3], ARRAY[1, 2] && ARRAY[4]",
                answer: "t | f"),
            FunctionEntry(
                "?",
                also: ["?|", "?&"],
                """
                Whether jsonb has a key, or an array that text: `?|` any of several, `?&` all of them.
                """,
                example: """
                    SELECT '{"a": 1, "b": 2}'::jsonb ? 'a', '["a", "b"]'::jsonb ?| ARRAY['x', 'b'], '{"a": \
                    1}'::jsonb ?& ARRAY['a', 'b']
                    """,
                answer: "t | t | f"),
            FunctionEntry(
                "[]",
                forms: [
                    CallForm("array[number]", gives: "the type of elements"),
                    CallForm("array[from:to]", gives: "array"),
                    CallForm("ARRAY[values]", gives: "array"),
                    CallForm("ARRAY(query)", gives: "array"),
                ],
                implementation: ["array", "array_element", "array_slice", "array_assign"],
                """
                Makes arrays and takes elements out of them. They are counted from 1; what is not there is \
                NULL, or in a slice left out. A subscript of jsonb is `->`. `UPDATE ... SET a[2] = x` sets one.
                """,
                example: """
                    SELECT (ARRAY['a', 'b', 'c'])[2], (ARRAY['a', 'b', 'c'])[2:], (ARRAY[1])[5], ARRAY(SELECT g \
                    * g FROM generate_series(1, 3) AS s(g)), ('{"a": 1}'::jsonb)['a']
                    """,
                answer: "b | {b,c} | NULL | {1,4,9} | 1"),
        ])
}
