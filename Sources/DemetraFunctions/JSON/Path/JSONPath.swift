import DemetraTypes

/// A path of the SQL/JSON path language: what it reads, and how strictly.
///
///     $.campaigns[*] ? (@.spend > 100).name
///     |  steps       filter            step
///     the document
///
/// - Source: ISO/IEC 19075-6 as PostgreSQL 15 implements it (documentation, section 9.16.2).
// Immutable after init.
final class JSONPath: Sendable {
    /// `strict`: what is not there, or is of another kind, is an error.
    let isStrict: Bool
    /// What gives the items.
    let expression: JSONPathNode

    /// - Throws: 42601 for a text that is no path, 54001 for one that nests too deep.
    init(_ text: String) throws(DemetraError) {
        var parser = JSONPathParser(try JSONPathTokenizer.tokens(text))
        (isStrict, expression) = try parser.parse()
    }
}

/// An expression of a path: it gives items, or as a predicate true, false or unknown.
indirect enum JSONPathNode: Sendable {
    /// `$`
    case root
    /// `@`, in a filter.
    case current
    /// `last`, in a subscript.
    case last
    /// `$name`
    case variable(String)
    case literal(JSONValue)
    case steps(JSONPathNode, [JSONPathStep])
    case negation(JSONPathNode)
    case plus(JSONPathNode)
    case arithmetic(JSONPathOperator, JSONPathNode, JSONPathNode)

    case and(JSONPathNode, JSONPathNode)
    case or(JSONPathNode, JSONPathNode)
    case not(JSONPathNode)
    case comparison(JSONPathComparison, JSONPathNode, JSONPathNode)
    case exists(JSONPathNode)
    case isUnknown(JSONPathNode)
    case startsWith(JSONPathNode, JSONPathNode)
    case likeRegex(JSONPathNode, Regex)

    /// Whether it is true, false or unknown.
    var isPredicate: Bool {
        switch self {
        case .and, .or, .not, .comparison, .exists, .isUnknown, .startsWith, .likeRegex: true
        default: false
        }
    }
}

/// A step from an item to others.
enum JSONPathStep: Sendable {
    /// `.key`
    case member(String)
    /// `.*`
    case anyMember
    /// `.**{first to last}`: all levels below; nil for the leaves.
    case descendants(first: Int?, last: Int?)
    /// `[1, 2 to last]`
    case elements([(first: JSONPathNode, last: JSONPathNode?)])
    /// `[*]`
    case anyElement
    /// `? (...)`
    case filter(JSONPathNode)
    case method(JSONPathMethod)
}

/// `.size()` and its kin.
enum JSONPathMethod: String, Sendable {
    case type, size, double, ceiling, floor, abs, keyvalue
}

/// An operator between numbers.
enum JSONPathOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
}

/// A comparison of items.
enum JSONPathComparison: String, Sendable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="

    /// Whether it holds of values in this order.
    func holds(_ order: Int) -> Bool {
        switch self {
        case .equal: order == 0
        case .notEqual: order != 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        }
    }
}
