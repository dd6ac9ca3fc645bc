/// A rule drawn with box characters: whoever follows the line from left to right reads a sentence of the rule.
///
///     ──SELECT──┬──────────┬──┬─SelectItem─┬──       a way around, a choice below
///               └─DISTINCT─┘  ╰─── , ◂─────╯         a way back: once more, with a comma between
///
/// - Source: the diagrams of "Pascal User Manual and Report", Jensen and Wirth, 1974.
struct RailroadDiagram {
    /// Lines of equal width, and the line through which the rail goes in and out.
    private struct Block {
        var lines: [[Character]]
        var rail: Int

        var width: Int { lines[0].count }

        init(_ text: String) {
            lines = [Array(text)]
            rail = 0
        }

        init(lines: [[Character]], rail: Int) {
            self.lines = lines
            self.rail = rail
        }

        /// The block behind another on one rail.
        func following(_ first: Block) -> Block {
            let above = max(rail, first.rail)
            let below = max(lines.count - rail, first.lines.count - first.rail)
            let rows = (0..<(above + below)).map { row in
                first.row(row - above + first.rail) + self.row(row - above + rail)
            }
            return Block(lines: rows, rail: above)
        }

        private func row(_ index: Int) -> [Character] {
            lines.indices.contains(index) ? lines[index] : Array(repeating: " ", count: width)
        }

        /// The block with its rail drawn out to a width.
        func widened(to width: Int) -> Block {
            let missing = width - self.width
            return Block(
                lines: lines.enumerated().map { index, line in
                    line + Array(repeating: index == rail ? "─" : " ", count: missing)
                }, rail: rail)
        }
    }

    /// A sequence longer than this goes on in another line.
    private static let lineWidth = 108

    /// The drawing of a body, line by line.
    static func lines(_ element: Element) -> [String] {
        rows(element).flatMap { $0 }.map { line in
            var line = line
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// The parts of the outermost sequence, as many in a line as fit.
    private static func rows(_ element: Element) -> [[String]] {
        guard case .sequence(let parts) = element else { return [text(block(element), "─▸")] }
        var rows: [Block] = []
        for part in parts {
            guard isDrawn(part) else { continue }
            let next = block(part)
            if let last = rows.last, last.width + next.width + 2 <= lineWidth {
                rows[rows.count - 1] = next.following(Block("──").following(last))
            } else {
                rows.append(next)
            }
        }
        if rows.isEmpty { rows = [Block("──")] }
        return rows.enumerated().map { index, row in
            text(row, index == rows.count - 1 ? "─▸" : "─ …")
        }
    }

    private static func text(_ block: Block, _ end: String) -> [String] {
        let start = Block("──")
        return Block(end).following(block.following(start)).lines.map { String($0) }
    }

    // MARK: Elements

    private static func block(_ element: Element) -> Block {
        switch element {
        case .literal(let text):
            let isWord = text.allSatisfy { $0.isLetter || $0 == "_" }
            return Block(isWord ? text.uppercased() : " \(text) ")
        case .reference(let name): return Block(name)
        case .expression: return Block("Expression")
        case .labelled(_, let inner): return block(inner)
        case .sequence(let parts): return sequence(parts)
        case .choice(let parts): return choice(parts.filter(isDrawn).map(block))
        case .optional(let inner): return choice([Block(""), block(inner)])
        case .zeroOrMore(let inner): return choice([Block(""), loop(block(inner), "")])
        case .oneOrMore(let inner): return loop(block(inner), "")
        case .list(let inner): return loop(block(inner), " , ")
        case .lookahead, .cut: return Block("")
        }
    }

    /// Whether an element shows: what only looks ahead, and what only decides, does not.
    private static func isDrawn(_ element: Element) -> Bool {
        switch element {
        case .lookahead, .cut: false
        case .reference(let name): !name.hasSuffix("Ahead")
        case .labelled(_, let inner): isDrawn(inner)
        default: true
        }
    }

    private static func sequence(_ parts: [Element]) -> Block {
        var result: Block?
        for part in parts where isDrawn(part) {
            let next = block(part)
            result = result.map { next.following(Block("──").following($0)) } ?? next
        }
        return result ?? Block("")
    }

    /// One of several, the first on the rail.
    private static func choice(_ parts: [Block]) -> Block {
        guard parts.count > 1 else { return parts.first ?? Block("") }
        let width = parts.map(\.width).max() ?? 0
        var lines: [[Character]] = []
        var rails: [Int] = []
        for part in parts {
            let wide = part.widened(to: width)
            rails.append(lines.count + wide.rail)
            lines += wide.lines
        }
        let (first, last) = (rails[0], rails[rails.count - 1])
        let framed = lines.enumerated().map { row, line -> [Character] in
            let isRail = rails.contains(row)
            let (left, right): (String, String) =
                switch true {
                case row == first: ("┬─", "─┬")
                case row == last: ("└─", "─┘")
                case isRail: ("├─", "─┤")
                case row > first && row < last: ("│ ", " │")
                default: ("  ", "  ")
                }
            return Array(left) + line + Array(right)
        }
        return Block(lines: framed, rail: first)
    }

    /// Once or more, with something between.
    private static func loop(_ inner: Block, _ between: String) -> Block {
        let back = between + "◂"
        let width = max(inner.width, back.count + 2)
        let wide = inner.widened(to: width)
        let spare = width - back.count
        var lines = wide.lines.enumerated().map { row, line -> [Character] in
            switch true {
            case row == wide.rail: Array("┬─") + line + Array("─┬")
            case row > wide.rail: Array("│ ") + line + Array(" │")
            default: Array("  ") + line + Array("  ")
            }
        }
        lines.append(
            Array("╰─") + Array(repeating: "─", count: spare / 2) + Array(back)
                + Array(repeating: "─", count: spare - spare / 2) + Array("─╯"))
        return Block(lines: lines, rail: wide.rail)
    }
}
