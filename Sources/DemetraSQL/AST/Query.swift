package import DemetraTypes

/// A query: WITH, a body, and the ORDER BY and LIMIT of the whole.
package struct Query: Sendable, Hashable {
    /// WITH.
    package var with: [CommonTableExpression] = []
    /// WITH RECURSIVE.
    package var isRecursive = false
    /// What makes the rows.
    package var body: QueryBody
    /// ORDER BY.
    package var orderBy: [OrderItem] = []
    /// ORDER BY ALL.
    package var orderAll: OrderAll?
    /// LIMIT or FETCH; nil without one or with ALL.
    package var limit: Expression?
    /// FETCH ... WITH TIES.
    package var withTies = false
    /// OFFSET.
    package var offset: Expression?
    /// Where it stands.
    package var range: SourceRange

    /// A bare body.
    package init(body: QueryBody, range: SourceRange = .none) {
        self.body = body
        self.range = range
    }

    /// Whether a common table of it changes rows.
    package var changesRows: Bool { with.contains { $0.query == nil } }

    /// Whether its rows have an order.
    package var isOrdered: Bool { !orderBy.isEmpty || orderAll != nil }
}

/// What makes the rows of a query.
package indirect enum QueryBody: Sendable, Hashable {
    /// SELECT ... FROM ...
    case select(SelectCore)
    /// VALUES (...), (...).
    case values([[Expression]], range: SourceRange)
    /// `left UNION / INTERSECT / EXCEPT [ALL] right`.
    case setOperation(SetOperator, all: Bool, Query, Query)
    /// `TABLE name`.
    case table(ObjectName)
}

/// UNION, INTERSECT or EXCEPT.
package enum SetOperator: Sendable, Hashable {
    case union
    case intersect
    case except
}

/// `name (columns) AS [NOT] MATERIALIZED (query)`.
package struct CommonTableExpression: Sendable, Hashable {
    /// The name.
    package let name: Identifier
    /// Names for the columns, or empty.
    package let columns: [Identifier]
    /// MATERIALIZED (true), NOT MATERIALIZED (false) or neither.
    package let materialized: Bool?
    /// What makes its rows.
    package let content: Content

    /// What makes the rows of a common table.
    package enum Content: Sendable, Hashable {
        case query(Query)
        /// INSERT, UPDATE or DELETE: what it returns.
        case change(Statement)
    }

    /// Makes a common table expression.
    package init(
        name: Identifier, columns: [Identifier], materialized: Bool?, content: Content
    ) {
        self.name = name
        self.columns = columns
        self.materialized = materialized
        self.content = content
    }

    /// The query; nil for a statement that changes rows.
    package var query: Query? { if case .query(let query) = content { query } else { nil } }
}

/// WITH in front of a statement that changes rows.
package struct WithClause: Sendable, Hashable {
    /// The common tables.
    package let tables: [CommonTableExpression]
    /// WITH RECURSIVE.
    package let isRecursive: Bool

    /// Makes a clause.
    package init(tables: [CommonTableExpression], isRecursive: Bool) {
        self.tables = tables
        self.isRecursive = isRecursive
    }
}

/// `ORDER BY ALL`: every column that is given out, from left to right.
package struct OrderAll: Sendable, Hashable {
    /// DESC.
    package let descending: Bool
    /// NULLS FIRST (true), NULLS LAST (false) or neither.
    package let nullsFirst: Bool?
    /// Where it stands.
    package let range: SourceRange

    /// Makes an order.
    package init(descending: Bool, nullsFirst: Bool?, range: SourceRange) {
        self.descending = descending
        self.nullsFirst = nullsFirst
        self.range = range
    }
}

/// SELECT list, FROM, WHERE, GROUP BY, HAVING, WINDOW and QUALIFY.
package struct SelectCore: Sendable, Hashable {
    /// DISTINCT: nil without, empty for DISTINCT, else the expressions of DISTINCT ON.
    package var distinctOn: [Expression]?
    /// The SELECT list.
    package var items: [SelectItem] = []
    /// Comma-separated items of FROM.
    package var from: [TableReference] = []
    /// WHERE.
    package var whereCondition: Expression?
    /// LATEST BY.
    package var latest: LatestClause?
    /// GROUP BY; nil without one.
    package var groupBy: [GroupingElement]?
    /// GROUP BY ALL.
    package var groupsByAll = false
    /// HAVING.
    package var having: Expression?
    /// WINDOW name AS (...).
    package var windows: [NamedWindow] = []
    /// QUALIFY.
    package var qualify: Expression?
    /// Where it stands.
    package var range: SourceRange

    /// An empty SELECT.
    package init(range: SourceRange = .none) { self.range = range }
}

/// `LATEST BY keys [ON time]`: of the rows with equal keys only the newest.
package struct LatestClause: Sendable, Hashable {
    /// The keys.
    package let keys: [Expression]
    /// What says how new a row is; nil for the time column of the table.
    package let time: Expression?
    /// Where it stands.
    package let range: SourceRange

    /// Makes a clause.
    package init(keys: [Expression], time: Expression?, range: SourceRange) {
        self.keys = keys
        self.time = time
        self.range = range
    }
}

/// `name AS (specification)` of a WINDOW clause.
package struct NamedWindow: Sendable, Hashable {
    /// The name.
    package let name: Identifier
    /// The window.
    package let specification: WindowSpecification

    /// Makes a named window.
    package init(name: Identifier, specification: WindowSpecification) {
        self.name = name
        self.specification = specification
    }
}

/// One item of a SELECT list.
package enum SelectItem: Sendable, Hashable {
    /// An expression with or without an alias.
    case expression(Expression, alias: Identifier?)
    /// `*`, `t.*`, with the columns EXCLUDE leaves out and those REPLACE computes anew.
    case star(
        qualifier: ObjectName?, exclude: [Identifier], replace: [(Expression, Identifier)],
        range: SourceRange)

    /// The name that AS gives.
    package var alias: Identifier? {
        if case .expression(_, let alias) = self { alias } else { nil }
    }

    package static func == (left: SelectItem, right: SelectItem) -> Bool {
        switch (left, right) {
        case (.expression(let a, let b), .expression(let c, let d)): a == c && b == d
        case (.star(let a, let b, let c, let d), .star(let e, let f, let g, let h)):
            a == e && b == f && d == h && c.map(\.0) == g.map(\.0) && c.map(\.1) == g.map(\.1)
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .expression(let expression, let alias):
            hasher.combine(expression)
            hasher.combine(alias)
        case .star(let qualifier, let exclude, _, _):
            hasher.combine(qualifier)
            hasher.combine(exclude)
        }
    }
}

/// One element of GROUP BY.
package indirect enum GroupingElement: Sendable, Hashable {
    case expression(Expression)
    case rollup([[Expression]], SourceRange)
    case cube([[Expression]], SourceRange)
    case sets([GroupingElement], SourceRange)
    /// `()` or `(a, b)` as one set.
    case set([Expression], SourceRange)
}

/// `TABLESAMPLE method (percent) REPEATABLE (seed)`.
package struct TableSample: Sendable, Hashable {
    /// BERNOULLI or SYSTEM.
    package let method: Identifier
    /// How much of the table, 0 to 100.
    package let percent: Expression
    /// REPEATABLE.
    package let seed: Expression?
    /// Where it stands.
    package let range: SourceRange

    /// Makes a sample.
    package init(
        method: Identifier, percent: Expression, seed: Expression?, range: SourceRange
    ) {
        self.method = method
        self.percent = percent
        self.seed = seed
        self.range = range
    }
}

/// `AS name (columns)`.
package struct TableAlias: Sendable, Hashable {
    /// The name.
    package let name: Identifier
    /// Names for the columns, or fewer than there are.
    package let columns: [Identifier]

    /// Makes an alias.
    package init(name: Identifier, columns: [Identifier] = []) {
        self.name = name
        self.columns = columns
    }
}

/// One item of FROM.
package indirect enum TableReference: Sendable, Hashable {
    /// A table, view or common table expression.
    case table(ObjectName, alias: TableAlias?)
    /// `table AS OF time`: a table or view as it was.
    case pastTable(ObjectName, time: Expression, alias: TableAlias?)
    /// `table TABLESAMPLE method (percent)`.
    case sample(TableReference, TableSample)
    /// `(SELECT ...) AS name`.
    case query(Query, lateral: Bool, alias: TableAlias?, range: SourceRange)
    /// `function(...) WITH ORDINALITY AS name(columns)`.
    case function(
        FunctionCall, lateral: Bool, withOrdinality: Bool, alias: TableAlias?, range: SourceRange)
    /// `left JOIN right ...`.
    case join(
        JoinKind, TableReference, TableReference, condition: JoinCondition, range: SourceRange)
}

/// How two relations are joined.
package enum JoinKind: Sendable, Hashable {
    case inner
    case left
    case right
    case full
    case cross
    case asof
    case asofLeft
}

/// What a join matches on.
package enum JoinCondition: Sendable, Hashable {
    case none
    case on(Expression)
    case using([Identifier])
    case natural
}
