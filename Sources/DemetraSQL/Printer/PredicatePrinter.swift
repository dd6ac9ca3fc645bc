/// Predicates: IS, BETWEEN, IN, LIKE, ANY and ALL.
enum PredicatePrinter {
    private typealias Level = ExpressionPrinter.Level

    /// The text and its level; nil for what is no predicate.
    static func written(_ node: ExpressionNode) -> (text: String, level: Int)? {
        switch node {
        case .isNull, .isBoolean, .isDistinct: return (isTest(node), Level.isTest)
        case .between(let operand, let low, let high, let symmetric, let negated):
            let bounds = [low, high].map { text($0, Level.other) }.joined(separator: " AND ")
            return (
                text(operand, Level.predicate) + not(negated) + " BETWEEN "
                    + (symmetric ? "SYMMETRIC " : "") + bounds, Level.predicate
            )
        case .inList(let operand, let items, let negated):
            return (
                text(operand, Level.predicate) + not(negated)
                    + " IN (\(ExpressionPrinter.list(items)))",
                Level.predicate
            )
        case .inQuery(let operand, let query, let negated):
            return (
                text(operand, Level.predicate) + not(negated) + " IN (\(QueryPrinter.text(query)))",
                Level.predicate
            )
        case .like(let operand, let pattern, let escape, let kind, let negated):
            let word = kind == .like ? "LIKE" : (kind == .ilike ? "ILIKE" : "SIMILAR TO")
            return (
                text(operand, Level.predicate) + not(negated) + " \(word) "
                    + text(pattern, Level.other)
                    + (escape.map { " ESCAPE " + text($0, Level.other) } ?? ""), Level.predicate
            )
        case .quantifiedArray(let operand, let symbol, let all, let array):
            return quantified(operand, symbol, all, ExpressionPrinter.text(array))
        case .quantifiedQuery(let operand, let symbol, let all, let query):
            return quantified(operand, symbol, all, QueryPrinter.text(query))
        default: return nil
        }
    }

    private static func text(_ expression: Expression, _ level: Int) -> String {
        ExpressionPrinter.text(expression, atLeast: level)
    }

    private static func not(_ negated: Bool) -> String { negated ? " NOT" : "" }

    private static func isTest(_ node: ExpressionNode) -> String {
        switch node {
        case .isNull(let operand, let negated):
            return text(operand, Level.isTest) + " IS" + not(negated) + " NULL"
        case .isBoolean(let operand, let value, let negated):
            let word = value.map { $0 ? "TRUE" : "FALSE" } ?? "UNKNOWN"
            return text(operand, Level.isTest) + " IS" + not(negated) + " \(word)"
        case .isDistinct(let left, let right, let negated):
            return text(left, Level.isTest) + " IS" + not(negated) + " DISTINCT FROM "
                + text(right, Level.comparison)
        default: return ""
        }
    }

    /// A comparison's symbol, or LIKE and its kin, whose level is that of predicates.
    private static func quantified(
        _ operand: Expression, _ symbol: String, _ all: Bool, _ set: String
    ) -> (text: String, level: Int) {
        let level = symbol.hasSuffix("LIKE") ? Level.predicate : Level.comparison
        return (
            text(operand, Level.predicate) + " \(symbol) " + (all ? "ALL" : "ANY") + " (\(set))",
            level
        )
    }
}
