/// Expressions, with parentheses where the levels of `Grammar/expression.peg` need them.
enum ExpressionPrinter {
    /// The levels of what is no infix operator of a symbol, as the grammar's table gives them.
    enum Level {
        static let or = 0
        static let and = 1
        static let not = 2
        static let isTest = 3
        static let comparison = 4
        static let predicate = 5
        static let other = 6
        static let collate = 11
        static let sign = 12
        static let cast = 13
        static let element = 14
        static let primary = 15
    }

    static func text(_ expression: Expression) -> String { written(expression.node).text }

    /// The expression where operators of lower levels need parentheses.
    static func text(_ expression: Expression, atLeast level: Int) -> String {
        let (text, own) = written(expression.node)
        return own < level ? "(\(text))" : text
    }

    /// Expressions with commas between them.
    static func list(_ expressions: [Expression]) -> String {
        expressions.map { text($0) }.joined(separator: ", ")
    }

    /// ` WORD expression`, or nothing.
    static func clause(_ word: String, _ expression: Expression?) -> String {
        expression.map { " \(word) \(text($0))" } ?? ""
    }

    /// The text, and the level of what holds it together.
    private static func written(_ node: ExpressionNode) -> (text: String, level: Int) {
        switch node {
        case .unary(let symbol, let operand): return unary(symbol, operand)
        case .binary(let symbol, let left, let right): return binary(symbol, left, right)
        case .and(let operands): return (chain(operands, "AND", Level.not), Level.and)
        case .or(let operands): return (chain(operands, "OR", Level.and), Level.or)
        case .not(let operand): return ("NOT " + text(operand, atLeast: Level.not), Level.not)
        case .cast(let operand, let type):
            return (
                text(operand, atLeast: Level.cast) + "::" + NamePrinter.text(type), Level.cast
            )
        case .element(let operand, let index):
            return (text(operand, atLeast: Level.element) + "[\(text(index))]", Level.element)
        case .slice(let operand, let lower, let upper):
            let bounds = (lower.map { text($0) } ?? "") + ":" + (upper.map { text($0) } ?? "")
            return (text(operand, atLeast: Level.element) + "[\(bounds)]", Level.element)
        case .field(let operand, let name):
            return ("(\(text(operand))).\(NamePrinter.text(name.name))", Level.element)
        case .collate(let operand, let name):
            return (
                text(operand, atLeast: Level.collate) + " COLLATE " + NamePrinter.text(name),
                Level.collate
            )
        default:
            return PredicatePrinter.written(node) ?? (PrimaryPrinter.text(node), Level.primary)
        }
    }

    private static func unary(
        _ symbol: String, _ operand: Expression
    ) -> (text: String, level: Int) {
        guard symbol != "~" else {
            // It takes all operators of its own level that follow: on their left it needs parentheses.
            return ("~ " + text(operand, atLeast: Level.other), Level.other - 1)
        }
        let inner = text(operand, atLeast: Level.sign)
        // Two signs together begin a comment.
        let isSigned = inner.hasPrefix("-") || inner.hasPrefix("+")
        return (symbol + (isSigned ? " " : "") + inner, Level.sign)
    }

    private static func binary(
        _ symbol: String, _ left: Expression, _ right: Expression
    ) -> (text: String, level: Int) {
        // `a != b` is read as `a <> b`.
        guard let infix = InfixOperator.bySymbol[symbol], symbol != "!=" else {
            let operands = (
                text(left, atLeast: Level.other), text(right, atLeast: Level.other + 1)
            )
            return ("\(operands.0) OPERATOR(\(symbol)) \(operands.1)", Level.other)
        }
        let leftLevel = infix.kind == .left ? infix.level : infix.level + 1
        return (
            text(left, atLeast: leftLevel) + " \(symbol) " + text(right, atLeast: infix.level + 1),
            infix.level
        )
    }

    private static func chain(_ operands: [Expression], _ word: String, _ level: Int) -> String {
        operands.map { text($0, atLeast: level) }.joined(separator: " \(word) ")
    }
}
