/// Regular expressions, in the reference of functions.
enum PatternReference {
    static let section = FunctionSection(
        "Regular expressions",
        """
        Flags: `i` ignores case, `g` goes for all matches, `n` lets the dot stop at line ends, `x` lets \
        blanks in the pattern be. Patterns are matched in time that grows with the text alone, so they know \
        no references to their own groups.
        """,
        [
            FunctionEntry(
                "regexp_like",
                "Whether some part of the text matches.",
                example:
                    "SELECT regexp_like('Brand Search', 'brand', 'i'), regexp_like('Brand', 'brand')",
                answer: "t | f"),
            FunctionEntry(
                "regexp_match",
                """
                The groups of the first match, or the whole match when the pattern has none. NULL without a \
                match.
                """,
                example: """
                    SELECT regexp_match('utm_source=meta&utm_id=7', '([a-z]+)=([0-9]+)'), regexp_match('abc', \
                    '[0-9]')
                    """,
                answer: "{id,7} | NULL"),
            FunctionEntry(
                "regexp_matches",
                """
                A row for each match, with the array of its groups; without the flag `g` only the first.
                """,
                example:
                    "SELECT * FROM regexp_matches('spend=12;clicks=7', '([a-z]+)=([0-9]+)', 'g')",
                answer: """
                    {spend,12}
                    {clicks,7}
                    """),
            FunctionEntry(
                "regexp_substr",
                implementation: ["regexp_match_group"],
                """
                The text of the nth match from a position on, or of one of its groups. NULL without one.
                """,
                example: """
                    SELECT regexp_substr('a1 b22 c333', '[0-9]+'), regexp_substr('a1 b22 c333', '[0-9]+', 1, 3), \
                    regexp_substr('k=v', '(.)=(.)', 1, 1, 'i', 2)
                    """,
                answer: "1 | 333 | v"),
            FunctionEntry(
                "regexp_replace",
                """
                The first match replaced, with `g` all of them, or from a position on the nth (0: all). In \
                the new text `\\1` is the first group and `\\&` the match.
                """,
                example: """
                    SELECT regexp_replace('ad-007', '0+', ''), regexp_replace('a1b2', '[0-9]', '#', 'g'), \
                    regexp_replace('k=v', '(.)=(.)', '\\2=\\1'), regexp_replace('aaa', 'a', 'b', 1, 2)
                    """,
                answer: "ad-7 | a#b# | v=k | aba"),
            FunctionEntry(
                "regexp_count",
                "How often a pattern matches, from a position on.",
                example:
                    "SELECT regexp_count('a1 b22 c333', '[0-9]+'), regexp_count('aAa', 'a', 1, 'i')",
                answer: "3 | 3"),
            FunctionEntry(
                "regexp_instr",
                """
                Where the nth match begins, or with 1 as the fifth argument where it ends; 0 for nowhere.
                """,
                example: """
                    SELECT regexp_instr('ab12cd', '[0-9]+'), regexp_instr('ab12cd', '[0-9]+', 1, 1, 1), \
                    regexp_instr('abc', '[0-9]')
                    """,
                answer: "3 | 5 | 0"),
            FunctionEntry(
                "regexp_split_to_array",
                "The parts between the matches, as an array.",
                example: "SELECT regexp_split_to_array('brand - search|q3', '[^a-z0-9]+')",
                answer: "{brand,search,q3}"),
            FunctionEntry(
                "regexp_split_to_table",
                "The parts between the matches, a row for each.",
                example: "SELECT * FROM regexp_split_to_table('brand search q3', ' ')",
                answer: """
                    brand
                    search
                    q3
                    """),
        ])
}
