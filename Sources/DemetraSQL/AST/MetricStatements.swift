package import DemetraTypes

/// CREATE [OR REPLACE] METRIC [IF NOT EXISTS] name [ON relation] AS expression clauses.
package struct CreateMetricStatement: Sendable, Hashable {
    /// The name.
    package let name: Identifier
    /// OR REPLACE.
    package let orReplace: Bool
    /// IF NOT EXISTS.
    package let ifNotExists: Bool
    /// ON: the table or view whose rows it is computed from.
    package let relation: ObjectName?
    /// The expression over aggregates.
    package let expression: Expression
    /// What is known about it, in the order written.
    package let clauses: [MetricClause]

    /// Makes a statement.
    package init(
        name: Identifier, orReplace: Bool, ifNotExists: Bool, relation: ObjectName?,
        expression: Expression, clauses: [MetricClause]
    ) {
        self.name = name
        self.orReplace = orReplace
        self.ifNotExists = ifNotExists
        self.relation = relation
        self.expression = expression
        self.clauses = clauses
    }
}

/// One clause behind a metric's expression, with its place.
package struct MetricClause: Sendable, Hashable {
    /// What it says.
    package enum Content: Sendable, Hashable {
        /// FORMAT 'percent 2'.
        case format(String)
        /// UNIT 'USD'.
        case unit(String)
        /// BETTER HIGHER, LOWER or NEUTRAL; the word in lower case.
        case better(Identifier)
        /// COMMENT 'text'.
        case comment(String)
        /// [NON] ADDITIVE OVER TIME or over columns; nil columns for TIME.
        case additivity(isAdditive: Bool, columns: [Identifier]?)
    }

    /// What it says.
    package let content: Content
    /// Where it stands.
    package let range: SourceRange

    /// Makes a clause.
    package init(_ content: Content, range: SourceRange) {
        self.content = content
        self.range = range
    }
}

/// ALTER METRIC [IF EXISTS] name: a new name, or actions.
package struct AlterMetricStatement: Sendable, Hashable {
    /// What a metric may lose again.
    package enum Attribute: Sendable, Hashable { case format, unit, better, comment }

    /// SET clause or RESET attribute.
    package enum Action: Sendable, Hashable {
        case set(MetricClause)
        case reset(Attribute)
    }

    /// The metric.
    package let name: Identifier
    /// IF EXISTS.
    package let ifExists: Bool
    /// RENAME TO; nil when there are actions.
    package let newName: Identifier?
    /// SET and RESET, in the order written.
    package let actions: [Action]

    /// Makes a statement.
    package init(name: Identifier, ifExists: Bool, newName: Identifier?, actions: [Action]) {
        self.name = name
        self.ifExists = ifExists
        self.newName = newName
        self.actions = actions
    }
}
