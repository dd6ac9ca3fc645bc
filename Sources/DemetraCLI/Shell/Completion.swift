import DemetraEngine

/// One question of completion: a word and what stands before it.
struct Completion {
    private static let relationWords: Set<String> = [
        "from", "join", "into", "update", "table", "only", "copy", "truncate", "on", "view",
    ]

    let names: CompletionNames
    let earlierLines: String
    /// The line up to the cursor; ends with `word`.
    let line: String
    let word: String

    /// What the word may become, best first.
    var candidates: [String] {
        if line.drop(while: \.isWhitespace).first == "\\" { return commandCandidates }
        let before = words(String(line.dropLast(word.count)))
        let previous = before.last ?? words(earlierLines).last ?? ""
        if line.dropLast(word.count).last == ".", let table = before.last {
            return matching(names.columns[table] ?? columnsAtHand)
        }
        if Self.relationWords.contains(previous) {
            return matching(names.relations)
        }
        if ["set", "show", "reset"].contains(previous) {
            let things = previous == "show" ? ["tables", "metrics", "alerts", "models", "all"] : []
            return matching(things + names.settings)
        }
        if before.isEmpty, earlierLines.allSatisfy(\.isWhitespace) {
            return matching(cased(names.statements))
        }
        let ofTables = matching(columnsAtHand + names.metrics)
        let ofLanguage = matching(names.functions) + matching(cased(names.keywords))
        // Capitals mean the language; else what belongs to the tables comes first and alone, so that one
        // Tab completes it although some rare keyword begins alike.
        if word.contains(where: \.isUppercase) { return ofLanguage.isEmpty ? ofTables : ofLanguage }
        return ofTables.isEmpty || word.isEmpty ? ofTables + ofLanguage : ofTables
    }

    /// Columns of the tables that the statement names, or of all before it names one.
    private var columnsAtHand: [String] {
        let mentioned = Set(words(earlierLines + " " + line))
        let tables = names.relations.filter(mentioned.contains)
        let columns = (tables.isEmpty ? names.relations : tables).flatMap {
            names.columns[$0] ?? []
        }
        return Set(columns).sorted()
    }

    private var commandCandidates: [String] {
        let parts = line.split(whereSeparator: \.isWhitespace).map(String.init)
        let isFirst = parts.count < 2 && line.last?.isWhitespace != true
        if isFirst { return BackslashCommand.all.map(\.name).filter { $0.hasPrefix(word) } }
        switch parts[0] {
        case "\\d": return matching(names.relations)
        case "\\format": return matching(OutputFormat.allCases.map(\.rawValue))
        case "\\h": return matching(StatementHelp.names)
        case "\\timing": return matching(["on", "off"])
        case "\\x": return matching(["on", "off", "auto"])
        default: return []
        }
    }

    /// Words of the language in the case in which the word was begun.
    private func cased(_ keywords: [String]) -> [String] {
        let isLower = word.contains(where: \.isLowercase)
        return isLower ? keywords.map { $0.lowercased() } : keywords.map { $0.uppercased() }
    }

    private func matching(_ candidates: [String]) -> [String] {
        let start = word.lowercased()
        return candidates.filter { $0.lowercased().hasPrefix(start) }
    }

    private func words(_ text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
    }
}
