/// Text, in the reference of functions.
enum StringReference {
    static let section = FunctionSection(
        "Text",
        "Positions count characters, that is code points, from 1.",
        [
            FunctionEntry(
                "length",
                also: ["char_length", "character_length"],
                "How many characters a text has; of bytea how many bytes.",
                example: "SELECT length('Zürich'), char_length('')",
                answer: "6 | 0"),
            FunctionEntry(
                "octet_length",
                "How many bytes it has in UTF-8.",
                example: "SELECT octet_length('Zürich')",
                answer: "7"),
            FunctionEntry(
                "bit_length",
                "How many bits it has in UTF-8.",
                example: "SELECT bit_length('ü')",
                answer: "16"),
            FunctionEntry(
                "lower",
                "In small letters.",
                example: "SELECT lower('TikTok ÄÖ')",
                answer: "tiktok äö"),
            FunctionEntry(
                "upper",
                "In capitals.",
                example: "SELECT upper('TikTok äö')",
                answer: "TIKTOK ÄÖ"),
            FunctionEntry(
                "initcap",
                """
                The first letter of each word as a capital, all others small. Words are runs of letters and \
                digits.
                """,
                example: "SELECT initcap('brand SEARCH q3-retargeting')",
                answer: "Brand Search Q3-Retargeting"),
            FunctionEntry(
                "concat",
                "All arguments as text, one behind the other. NULL is left out.",
                example: "SELECT concat('ad_', 7, NULL, true)",
                answer: "ad_7t"),
            FunctionEntry(
                "concat_ws",
                """
                All further arguments as text with the first one between them. NULL is left out, a NULL \
                separator gives NULL.
                """,
                example: "SELECT concat_ws('/', 'meta', NULL, 'q3', 7)",
                answer: "meta/q3/7"),
            FunctionEntry(
                "substring",
                also: ["substr"],
                forms: [
                    CallForm("text FROM integer [FOR integer]", gives: "text"),
                    CallForm("text FROM pattern", gives: "text"),
                ],
                """
                The part from a position on, of so many characters; with a pattern what matches the regular \
                expression, or its first group. A length below 0 is an error (22011).
                """,
                example: """
                    SELECT substring('campaign' FROM 5 FOR 2), substr('campaign', 5), substring('utm=meta&x' \
                    FROM 'utm=([a-z]+)'), substring('abc' FOR 2)
                    """,
                answer: "ai | aign | meta | ab"),
            FunctionEntry(
                "left",
                "The first n characters; below 0: all but the last -n.",
                example: "SELECT left('campaign', 4), left('campaign', -4)",
                answer: "camp | camp"),
            FunctionEntry(
                "right",
                "The last n characters; below 0: all but the first -n.",
                example: "SELECT right('campaign', 4), right('campaign', -2)",
                answer: "aign | mpaign"),
            FunctionEntry(
                "position",
                forms: [CallForm("text IN text", gives: "integer")],
                implementation: ["strpos"],
                "Where one text first stands in another, 0 for nowhere.",
                example: "SELECT position('a' IN 'campaign'), position('z' IN 'campaign')",
                answer: "2 | 0"),
            FunctionEntry(
                "strpos",
                "Where the second text first stands in the first, 0 for nowhere.",
                example: "SELECT strpos('campaign', 'paign'), strpos('campaign', '')",
                answer: "4 | 1"),
            FunctionEntry(
                "starts_with",
                "Whether the first text begins with the second.",
                example:
                    "SELECT starts_with('utm_source', 'utm_'), starts_with('source', 'utm_')",
                answer: "t | f"),
            FunctionEntry(
                "split_part",
                """
                The nth part of a text that is cut at each separator, below 0 counted from the end. Empty \
                when there are fewer, an error for 0 (22023).
                """,
                example: """
                    SELECT split_part('meta/q3/retarget', '/', 2), split_part('meta/q3/retarget', '/', -1), \
                    split_part('meta', '/', 5)
                    """,
                answer: "q3 | retarget | "),
            FunctionEntry(
                "replace",
                "Every place of the second text replaced by the third.",
                example: "SELECT replace('q3_sale_q3', 'q3', 'q4')",
                answer: "q4_sale_q4"),
            FunctionEntry(
                "translate",
                """
                Each character that stands in the second text replaced by the one at its place in the third, \
                or left out when there is none.
                """,
                example: "SELECT translate('1.234,56', ',.', '.')",
                answer: "1234.56"),
            FunctionEntry(
                "overlay",
                forms: [CallForm("text PLACING text FROM integer [FOR integer]", gives: "text")],
                """
                Part of a text replaced, from a position on, by default as much as the new text is long.
                """,
                example: "SELECT overlay('ad_xxx_7' PLACING 'video' FROM 4 FOR 3)",
                answer: "ad_video_7"),
            FunctionEntry(
                "trim",
                also: ["btrim", "ltrim", "rtrim"],
                forms: [
                    CallForm("[LEADING | TRAILING | BOTH] [characters FROM] text", gives: "text")
                ],
                """
                Takes blanks, or any of the given characters, from both ends, the beginning (ltrim) or the \
                end (rtrim).
                """,
                example: """
                    SELECT trim('  sale '), trim(LEADING '0' FROM '0042'), btrim('xxsalexy', 'xy'), ltrim('  \
                    a'), rtrim('1.500', '0')
                    """,
                answer: "sale | 42 | sale | a | 1.5"),
            FunctionEntry(
                "lpad",
                also: ["rpad"],
                """
                Filled up on the left (lpad) or right to so many characters, with blanks or the given text. \
                What is longer is cut off at its end.
                """,
                example: "SELECT lpad('7', 3, '0'), rpad('meta', 6, '.'), lpad('campaign', 4)",
                answer: "007 | meta.. | camp"),
            FunctionEntry(
                "repeat",
                "The text n times.",
                example: "SELECT repeat('ab', 3), repeat('ab', 0)",
                answer: "ababab | "),
            FunctionEntry(
                "reverse",
                "The characters from the last to the first.",
                example: "SELECT reverse('roas')",
                answer: "saor"),
            FunctionEntry(
                "ascii",
                "The code point of the first character, 0 for an empty text.",
                example: "SELECT ascii('ä'), ascii('')",
                answer: "228 | 0"),
            FunctionEntry(
                "chr",
                "The character of a code point. 0 is an error (54000).",
                example: "SELECT chr(228), chr(8364)",
                answer: "ä | €"),
            FunctionEntry(
                "format",
                """
                A text with its places filled in: `%s` a value as text, `%I` a name, `%L` a literal, `%%` a \
                percent sign; `%2$s` takes the second, `%-10s` fills up to a width. NULL is empty for `%s`, \
                NULL for `%L` and an error for `%I` (22004).
                """,
                example: """
                    SELECT format('%s: %s%%', 'ctr', 1.5), format('SELECT %I FROM %I', 'Ad Name', 'ads'), \
                    format('%2$s-%1$s|%L', 1, 2), format('[%5s]', 'x')
                    """,
                answer: "ctr: 1.5% | SELECT \"Ad Name\" FROM ads | 2-1|'2' | [    x]"),
            FunctionEntry(
                "quote_ident",
                "A name as SQL reads it: in double quotes where it needs them.",
                example: "SELECT quote_ident('Ad Name'), quote_ident('spend')",
                answer: "\"Ad Name\" | spend"),
            FunctionEntry(
                "quote_literal",
                "A value as a literal of SQL. NULL gives NULL.",
                example: "SELECT quote_literal('it''s'), quote_literal(42)",
                answer: "'it''s' | '42'"),
            FunctionEntry(
                "quote_nullable",
                "A value as a literal of SQL, and NULL as the word.",
                example: "SELECT quote_nullable('it''s'), quote_nullable(NULL)",
                answer: "'it''s' | NULL"),
            FunctionEntry(
                "to_hex",
                "A whole number in hexadecimal digits.",
                example: "SELECT to_hex(255), to_hex(-1)",
                answer: "ff | ffffffff"),
            FunctionEntry(
                "string_to_array",
                """
                The parts of a text between separators, as an array. A NULL separator gives the characters; \
                parts equal to the third text become NULL.
                """,
                example: """
                    SELECT string_to_array('a,b,,c', ','), string_to_array('abc', NULL), \
                    string_to_array('a,-,c', ',', '-')
                    """,
                answer: "{a,b,\"\",c} | {a,b,c} | {a,NULL,c}"),
        ])
}
