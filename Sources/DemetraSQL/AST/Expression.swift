package import DemetraTypes

/// A name in a statement: folded to lower case unless it was quoted.
package struct Identifier: Sendable, Hashable {
    /// The name as the catalog compares it.
    package let name: String
    /// Where it stands.
    package let range: SourceRange

    /// Makes an identifier.
    package init(_ name: String, range: SourceRange = .none) {
        self.name = name
        self.range = range
    }

    /// True for a name that needs no quotes where a column or table is meant.
    package static func isPlain(_ name: String) -> Bool {
        guard NamePrinter.isPlainWord(name) else { return false }
        guard let keyword = KeywordTable.shared.find(Array(name.utf8)[...]) else { return true }
        return keyword.keywordClass == .unreserved || keyword.keywordClass == .columnName
    }
}

/// A name with its qualifiers, outermost first: `schema.table`, `pg_catalog.lower`.
package struct ObjectName: Sendable, Hashable {
    /// One to three parts.
    package let parts: [Identifier]

    /// Makes a name from its parts.
    package init(_ parts: [Identifier]) { self.parts = parts }

    /// The last part.
    package var last: Identifier { parts[parts.count - 1] }

    /// The parts joined by dots.
    package var text: String { parts.map(\.name).joined(separator: ".") }

    /// Where it stands.
    package var range: SourceRange { parts[0].range.union(last.range) }
}

/// A type as written: `numeric(12, 2)`, `timestamp with time zone`, `text[]`.
package struct TypeName: Sendable, Hashable {
    /// The name of PostgreSQL's type of one byte, which is no `char`.
    package static let oneByte = "\"char\""

    /// The canonical lower-case name, such as `timestamptz` for `timestamp with time zone`.
    package let name: String
    /// The numbers in parentheses.
    package let modifiers: [Int]
    /// How many `[]` follow.
    package let arrayDepth: Int
    /// Where it stands.
    package let range: SourceRange

    /// Makes a type name.
    package init(name: String, modifiers: [Int] = [], arrayDepth: Int = 0, range: SourceRange) {
        self.name = name
        self.modifiers = modifiers
        self.arrayDepth = arrayDepth
        self.range = range
    }
}

/// An unbound expression with the place it was written at.
package struct Expression: Sendable, Hashable {
    /// What it is.
    package let node: ExpressionNode
    /// Where it stands in the statement's text.
    package let range: SourceRange

    /// Makes an expression.
    package init(_ node: ExpressionNode, range: SourceRange = .none) {
        self.node = node
        self.range = range
    }
}

/// The kinds of expressions.
package indirect enum ExpressionNode: Sendable, Hashable {
    /// NULL.
    case null
    /// TRUE or FALSE.
    case boolean(Bool)
    /// A number as written, without sign.
    case number(String)
    /// A string literal, unescaped.
    case string(String)
    /// `DATE '2026-01-01'`, `INTERVAL '1' DAY` (the field in lower case, as `day` or `day to hour`).
    case typedLiteral(TypeName, String, intervalFields: String?)
    /// `$1`.
    case parameter(Int)
    /// `a`, `t.a`, `s.t.a`.
    case column([Identifier])
    /// `-x`, `+x`, `~x`.
    case unary(operator: String, Expression)
    /// `a + b`, `a || b`, `a < b`, `a ~ b`, `a -> b`.
    case binary(operator: String, Expression, Expression)
    /// Two or more operands of AND.
    case and([Expression])
    /// Two or more operands of OR.
    case or([Expression])
    /// NOT.
    case not(Expression)
    /// `x IS [NOT] NULL`.
    case isNull(Expression, negated: Bool)
    /// `x IS [NOT] TRUE / FALSE / UNKNOWN`; nil stands for UNKNOWN.
    case isBoolean(Expression, Bool?, negated: Bool)
    /// `a IS [NOT] DISTINCT FROM b`.
    case isDistinct(Expression, Expression, negated: Bool)
    /// `x [NOT] BETWEEN [SYMMETRIC] a AND b`.
    case between(Expression, Expression, Expression, symmetric: Bool, negated: Bool)
    /// `x [NOT] IN (a, b)`.
    case inList(Expression, [Expression], negated: Bool)
    /// `x [NOT] IN (SELECT ...)`.
    case inQuery(Expression, Query, negated: Bool)
    /// `x [NOT] LIKE pattern [ESCAPE e]`.
    case like(Expression, Expression, escape: Expression?, LikeKind, negated: Bool)
    /// `x op ANY / ALL (array expression)`.
    case quantifiedArray(Expression, operator: String, all: Bool, Expression)
    /// `x op ANY / ALL (SELECT ...)`; the operator may be `LIKE`, `ILIKE` and their NOT forms.
    case quantifiedQuery(Expression, operator: String, all: Bool, Query)
    /// `EXISTS (SELECT ...)`.
    case exists(Query)
    /// `(SELECT ...)` as a value.
    case scalarQuery(Query)
    /// CASE with or without an operand.
    case caseWhen(operand: Expression?, [CaseBranch], otherwise: Expression?)
    /// `CAST(x AS type)` or `x::type`.
    case cast(Expression, TypeName)
    /// Any function, aggregate or window call; also EXTRACT, SUBSTRING ... FROM and their kin, by the
    /// name of the ordinary function they stand for.
    case call(FunctionCall)
    /// `(a, b)` or `ROW(a, b)`.
    case row([Expression])
    /// `ARRAY[a, b]`.
    case array([Expression])
    /// `ARRAY(SELECT ...)`.
    case arrayQuery(Query)
    /// `a[i]`.
    case element(Expression, Expression)
    /// `a[i:j]`; a bound that is left out is the array's.
    case slice(Expression, lower: Expression?, upper: Expression?)
    /// `(record).field`.
    case field(Expression, Identifier)
    /// `x COLLATE name`.
    case collate(Expression, ObjectName)
    /// DEFAULT in VALUES and SET.
    case defaultValue
}

/// How LIKE compares.
package enum LikeKind: Sendable, Hashable {
    case like
    case ilike
    case similar
}

/// WHEN condition THEN result.
package struct CaseBranch: Sendable, Hashable {
    /// The condition, or the value the operand is compared with.
    package let condition: Expression
    /// The result.
    package let result: Expression

    /// Makes a branch.
    package init(condition: Expression, result: Expression) {
        self.condition = condition
        self.result = result
    }
}

/// A call of a function, aggregate, window function or table function.
package struct FunctionCall: Sendable, Hashable {
    /// `metric(roas)` names a metric even where a column has its name; `roas FILTER (...)` is read as that.
    package static let metricName = "metric"

    /// The function's name.
    package var name: ObjectName
    /// The arguments in order.
    package var arguments: [FunctionArgument]
    /// `count(*)`.
    package var isStar = false
    /// `f(DISTINCT x)`.
    package var isDistinct = false
    /// ORDER BY inside the parentheses.
    package var orderBy: [OrderItem] = []
    /// `WITHIN GROUP (ORDER BY ...)`.
    package var withinGroup: [OrderItem] = []
    /// `FILTER (WHERE ...)`.
    package var filter: Expression?
    /// `OVER name` or `OVER (...)`.
    package var over: WindowReference?

    /// Makes a plain call.
    package init(name: ObjectName, arguments: [FunctionArgument]) {
        self.name = name
        self.arguments = arguments
    }
}

/// One argument of a call, named or not.
package struct FunctionArgument: Sendable, Hashable {
    /// `name =>`.
    package let name: Identifier?
    /// The value.
    package let value: FunctionArgumentValue

    /// Makes an argument.
    package init(name: Identifier? = nil, value: FunctionArgumentValue) {
        self.name = name
        self.value = value
    }
}

/// What an argument can be: a value, or a relation for table functions.
package indirect enum FunctionArgumentValue: Sendable, Hashable {
    /// An expression.
    case expression(Expression)
    /// `TABLE name`.
    case table(ObjectName)
    /// `t.*` or `*` as all columns of a relation.
    case star(ObjectName?, SourceRange)
}

/// `OVER name`, `OVER (name ...)` or `OVER (...)`.
package enum WindowReference: Sendable, Hashable {
    /// A window of the WINDOW clause as it is.
    case named(Identifier)
    /// A window written in place; it may extend a named one.
    case inline(WindowSpecification)
}

/// `(base PARTITION BY ... ORDER BY ... frame)`.
package struct WindowSpecification: Sendable, Hashable {
    /// The named window it extends.
    package var base: Identifier?
    /// PARTITION BY.
    package var partitionBy: [Expression] = []
    /// ORDER BY.
    package var orderBy: [OrderItem] = []
    /// ROWS, RANGE or GROUPS.
    package var frame: WindowFrame?
    /// Where it stands.
    package var range: SourceRange

    /// An empty specification.
    package init(range: SourceRange = .none) { self.range = range }
}

/// A window's frame clause.
package struct WindowFrame: Sendable, Hashable {
    /// What the bounds count.
    package enum Unit: Sendable, Hashable { case rows, range, groups }
    /// One end of a frame.
    package indirect enum Bound: Sendable, Hashable {
        case unboundedPreceding
        case preceding(Expression)
        case currentRow
        case following(Expression)
        case unboundedFollowing
    }
    /// EXCLUDE.
    package enum Exclusion: Sendable, Hashable { case none, currentRow, group, ties }

    /// The unit.
    package let unit: Unit
    /// The start.
    package let start: Bound
    /// The end; CURRENT ROW when not written.
    package let end: Bound
    /// The exclusion.
    package let exclusion: Exclusion
    /// Where it stands.
    package let range: SourceRange

    /// Makes a frame.
    package init(
        unit: Unit, start: Bound, end: Bound, exclusion: Exclusion, range: SourceRange
    ) {
        self.unit = unit
        self.start = start
        self.end = end
        self.exclusion = exclusion
        self.range = range
    }
}

/// One expression of ORDER BY.
package struct OrderItem: Sendable, Hashable {
    /// What to sort by.
    package let expression: Expression
    /// DESC.
    package let descending: Bool
    /// NULLS FIRST or LAST; nil when not written (last for ASC, first for DESC).
    package let nullsFirst: Bool?

    /// Makes an item.
    package init(expression: Expression, descending: Bool = false, nullsFirst: Bool? = nil) {
        self.expression = expression
        self.descending = descending
        self.nullsFirst = nullsFirst
    }
}
