/// Arrays, in the reference of functions.
enum ArrayReference {
    static let section = FunctionSection(
        "Arrays",
        """
        Arrays have one dimension and are counted from 1. Operators make, take apart, join and compare them.
        """,
        [
            FunctionEntry(
                "array_append",
                also: ["array_prepend"],
                """
                An array with one element more at its end or (array_prepend, which takes the element first) \
                its begin.
                """,
                example: "SELECT array_append(ARRAY[1, 2], 3), array_prepend(0, ARRAY[1, 2])",
                answer: "{1,2,3} | {0,1,2}"),
            FunctionEntry(
                "array_cat",
                "Two arrays as one.",
                example: "SELECT array_cat(ARRAY[1, 2], ARRAY[3])",
                answer: "{1,2,3}"),
            FunctionEntry(
                "array_dims",
                also: ["array_ndims"],
                """
                The bounds of an array as text, and the number of its dimensions. NULL for an empty one.
                """,
                example: """
                    SELECT array_dims(ARRAY[7, 8]), array_ndims(ARRAY[7, 8]), array_dims('{}'::integer[])
                    """,
                answer: "[1:2] | 1 | NULL"),
            FunctionEntry(
                "array_fill",
                "An array of so many equal elements.",
                example: "SELECT array_fill(0, ARRAY[3])",
                answer: "{0,0,0}"),
            FunctionEntry(
                "cardinality",
                "How many elements an array has, 0 for an empty one.",
                example: "SELECT cardinality(ARRAY['a', 'b']), cardinality('{}'::text[])",
                answer: "2 | 0"),
            FunctionEntry(
                "array_length",
                also: ["array_upper", "array_lower"],
                """
                The length of a dimension, and its last and first number. NULL for an empty array: \
                cardinality gives 0.
                """,
                example: """
                    SELECT array_length(ARRAY[7, 8, 9], 1), array_upper(ARRAY[7, 8], 1), array_lower(ARRAY[7, \
                    8], 1), array_length('{}'::integer[], 1)
                    """,
                answer: "3 | 2 | 1 | NULL"),
            FunctionEntry(
                "array_position",
                also: ["array_positions"],
                """
                The number of the first element that equals a value, from a place on, NULL for none; \
                array_positions gives the numbers of all. NULL finds NULL.
                """,
                example: """
                    SELECT array_position(ARRAY['a', 'b', 'a'], 'a'), array_position(ARRAY['a', 'b', 'a'], 'a', \
                    2), array_positions(ARRAY['a', 'b', 'a'], 'a')
                    """,
                answer: "1 | 3 | {1,3}"),
            FunctionEntry(
                "array_remove",
                "An array without the elements that equal a value.",
                example: "SELECT array_remove(ARRAY[1, 2, 1, 3], 1)",
                answer: "{2,3}"),
            FunctionEntry(
                "array_replace",
                "An array with all elements that equal a value replaced by another.",
                example: "SELECT array_replace(ARRAY[1, 2, 1], 1, 9)",
                answer: "{9,2,9}"),
            FunctionEntry(
                "trim_array",
                "An array without its last n elements. More than it has is an error (2202E).",
                example: "SELECT trim_array(ARRAY[1, 2, 3, 4], 2)",
                answer: "{1,2}"),
            FunctionEntry(
                "array_to_string",
                """
                The elements as text with a separator between them. NULLs are left out unless a third text \
                stands for them.
                """,
                example: """
                    SELECT array_to_string(ARRAY['a', NULL, 'c'], ', '), array_to_string(ARRAY['a', NULL, 'c'], \
                    ', ', '-')
                    """,
                answer: "a, c | a, -, c"),
        ])
}
