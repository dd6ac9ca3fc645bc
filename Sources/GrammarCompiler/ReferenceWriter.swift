/// The grammar as a page to read: `docs/syntax.md`.
struct ReferenceWriter {
    let grammar: Grammar

    /// The page. `files` are the grammar's files in the order in which a reader wants them.
    func page(_ files: [GrammarFile]) -> String {
        var lines = [
            "# Syntax", "",
            "Made from the files in `Grammar/` by `Samples/syntax-reference`; a test compares the two. Follow a line from left to right:",
            "words in capitals and signs are written as they are, other names are rules, drawn under their own headings. A line below is another",
            "way, a way back (`◂`) is taken to write something once more, with the sign on it between.",
            "",
        ]
        for file in files {
            lines.append("- [\(file.title)](#\(Self.anchor(file.title)))")
        }
        lines += ["- [Operators](#operators)", "- [Keywords](#keywords)", ""]
        for file in files {
            lines += ["## \(file.title)", ""]
            for rule in file.rules where isShown(rule) { lines += section(rule) }
        }
        return (lines + operators + keywords).joined(separator: "\n") + "\n"
    }

    /// What only looks ahead has nothing to read.
    private func isShown(_ rule: Rule) -> Bool { !rule.name.hasSuffix("Ahead") }

    private func section(_ rule: Rule) -> [String] {
        var lines = ["### \(rule.name)", ""]
        if let description = grammar.descriptions[rule.name] { lines += [description, ""] }
        lines += ["```text"] + RailroadDiagram.lines(rule.body) + ["```", ""]
        let uses = references(rule.body).filter { $0 != rule.name }
        if !uses.isEmpty {
            lines += Self.wrapped(uses.map { "[\($0)](#\(Self.anchor($0)))" }) + [""]
        }
        return lines
    }

    /// Rules that a body names, each once, in their order.
    private func references(_ element: Element) -> [String] {
        var found: [String] = []
        func visit(_ element: Element) {
            switch element {
            case .reference(let name):
                if let rule = grammar.rule(name), isShown(rule), !found.contains(name) {
                    found.append(name)
                }
            case .sequence(let parts), .choice(let parts): parts.forEach(visit)
            case .optional(let inner), .zeroOrMore(let inner), .oneOrMore(let inner),
                .list(let inner),
                .labelled(_, let inner):
                visit(inner)
            case .literal, .expression, .lookahead, .cut: break
            }
        }
        visit(element)
        return found
    }

    private var operators: [String] {
        var lines = [
            "## Operators", "",
            "An expression is a [Primary](#primary) with operators around it. The higher the level, the tighter an operator binds.",
            "",
            "| level | operators | |", "|---|---|---|",
        ]
        for entry in grammar.operators.sorted(by: { $0.level > $1.level }) {
            let tokens = entry.tokens.map { token -> String in
                if grammar.rule(token) != nil { return "[\(token)](#\(Self.anchor(token)))" }
                return "`\(token.uppercased().replacing("|", with: "\\|"))`"
            }
            lines.append(
                "| \(entry.level) | \(tokens.joined(separator: " ")) | \(entry.kind.meaning) |")
        }
        return lines + [""]
    }

    private var keywords: [String] {
        var lines = [
            "## Keywords", "",
            "Reserved words are names only in double quotes. The others may be names wherever the syntax leaves no doubt.",
            "",
        ]
        for (title, words) in grammar.keywords.sorted(by: { $0.key < $1.key }) {
            let list = words.map { $0.uppercased() }.sorted().joined(separator: ", ")
            lines += ["**\(title)**: \(list)", ""]
        }
        return lines
    }

    /// Links with commas between, in lines that an editor shows whole.
    private static func wrapped(_ links: [String]) -> [String] {
        var lines: [String] = []
        for (index, link) in links.enumerated() {
            let text = index == links.count - 1 ? link : link + ","
            if let last = lines.last, last.count + text.count < 140 {
                lines[lines.count - 1] = last + " " + text
            } else {
                lines.append(text)
            }
        }
        return lines
    }

    private static func anchor(_ title: String) -> String {
        title.lowercased().replacing(" ", with: "-").filter {
            $0.isLetter || $0.isNumber || $0 == "-"
        }
    }
}

/// The rules of one file, and what they are about.
struct GrammarFile {
    let name: String
    let title: String
    let rules: [Rule]
}

extension OperatorEntry.Kind {
    fileprivate var meaning: String {
        switch self {
        case .left: "from the left"
        case .none: "two operands, not chained"
        case .chain: "two operands or more"
        case .prefix: "before its operand"
        case .suffix: "behind its operand"
        }
    }
}
