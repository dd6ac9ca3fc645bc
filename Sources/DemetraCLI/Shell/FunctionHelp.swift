import Demetra

/// What `demetra_functions` says of functions, for `\df` and `\h`.
struct FunctionHelp {
    let connection: any ShellConnection

    /// The statement whose answer lists the functions that fit a pattern of `\df`.
    static func listing(_ pattern: String?) -> String {
        var condition = "kind <> 'operator'"
        if let pattern {
            condition = "name LIKE " + (NamePattern.parts(pattern).name ?? "'%'")
        }
        return """
            SELECT name AS "Name", result AS "Result data type", arguments AS "Argument data types", \
            kind AS "Type", category AS "Category" FROM demetra_functions WHERE \(condition) \
            ORDER BY name, position
            """
    }

    /// The help on a function or operator; nil when there is none of that name, or a statement has it.
    func text(_ name: String?) throws(DemetraError) -> String? {
        guard let name, !StatementHelp.contains(name) else { return nil }
        let answer = try connection.answer(
            to:
                """
                SELECT call, coalesce(result, ''), description, example, answer FROM demetra_functions
                WHERE upper(name) = upper(\(NamePattern.literal(name))) ORDER BY position
                """)
        var calls: [String] = []
        var words: [String] = []
        for row in answer.rows.indices {
            let texts = answer.texts(row).map { $0 ?? "" }
            calls.append("  " + texts[0] + (texts[1].isEmpty ? "" : " -> " + texts[1]))
            let answer = texts[4].split(separator: "\n", omittingEmptySubsequences: false)
                .map { "  " + $0 }.joined(separator: "\n")
            words = [texts[2], "Example:\n  \(texts[3]);\n\(answer)"]
        }
        guard !calls.isEmpty else { return nil }
        var seen: Set<String> = []
        return ([name.lowercased()] + calls.filter { seen.insert($0).inserted } + words)
            .joined(separator: "\n")
    }
}
