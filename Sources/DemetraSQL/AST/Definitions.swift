package import DemetraTypes

/// CREATE TABLE.
package struct CreateTableStatement: Sendable, Hashable {
    /// The name.
    package var name: ObjectName
    /// IF NOT EXISTS.
    package var ifNotExists = false
    /// TEMP.
    package var isTemporary = false
    /// What ON COMMIT says; nil where nothing is said.
    package var onCommit: CommitClause?
    /// Columns; with AS only their names count.
    package var columns: [ColumnClause] = []
    /// Constraints of the table as a whole.
    package var constraints: [TableConstraint] = []
    /// `WITH (time = 'ts', restate = true)`, lower-case names.
    package var options: [TableOption] = []
    /// Names given before AS.
    package var columnNames: [Identifier] = []
    /// AS query.
    package var source: Query?
    /// WITH NO DATA: the query's columns without its rows.
    package var isEmpty = false

    /// A table without columns yet.
    package init(name: ObjectName) { self.name = name }
}

/// ON COMMIT of a temporary table.
package struct CommitClause: Sendable, Hashable {
    /// What happens to the table.
    package enum Action: Sendable, Hashable {
        case preserveRows, deleteRows, drop
    }

    /// What happens.
    package let action: Action
    /// Where it stands.
    package let range: SourceRange

    /// Makes a clause.
    package init(action: Action, range: SourceRange) {
        self.action = action
        self.range = range
    }
}

/// `name = value` of a WITH list; a bare name is `true`.
package struct TableOption: Sendable, Hashable {
    /// The option, in lower case.
    package let name: Identifier
    /// The value as text.
    package let value: String

    /// Makes an option.
    package init(name: Identifier, value: String) {
        self.name = name
        self.value = value
    }
}

/// A column of CREATE TABLE or ALTER TABLE ADD COLUMN.
package struct ColumnClause: Sendable, Hashable {
    /// The name.
    package var name: Identifier
    /// The type; `serial` and its kin as written.
    package var type: TypeName
    /// Its constraints in order.
    package var constraints: [ColumnConstraint] = []

    /// A column without constraints.
    package init(name: Identifier, type: TypeName) {
        self.name = name
        self.type = type
    }
}

/// A constraint behind a column.
package enum ColumnConstraint: Sendable, Hashable {
    case notNull
    case null
    case defaultValue(Expression)
    case primaryKey(name: Identifier?, timing: ConstraintTiming)
    case unique(name: Identifier?, timing: ConstraintTiming)
    case check(Expression, name: Identifier?)
    case references(ReferenceClause, name: Identifier?)
    /// GENERATED ... AS IDENTITY.
    case identity(always: Bool, [SequenceOption])
}

/// A constraint of a table.
package enum TableConstraint: Sendable, Hashable {
    case primaryKey([Identifier], name: Identifier?, timing: ConstraintTiming)
    case unique([Identifier], name: Identifier?, timing: ConstraintTiming)
    case check(Expression, name: Identifier?)
    case foreignKey([Identifier], ReferenceClause, name: Identifier?)
}

/// CREATE [OR REPLACE] VIEW.
package struct CreateViewStatement: Sendable, Hashable {
    /// The name.
    package let name: ObjectName
    /// OR REPLACE.
    package let orReplace: Bool
    /// TEMP.
    package let isTemporary: Bool
    /// Column names, or empty.
    package let columns: [Identifier]
    /// The query; its range cuts its text out of the statement.
    package let query: Query
    /// Where WITH CHECK OPTION stands, if it does.
    package let checkOption: SourceRange?

    /// Makes a statement.
    package init(
        name: ObjectName, orReplace: Bool, isTemporary: Bool, columns: [Identifier], query: Query,
        checkOption: SourceRange?
    ) {
        self.name = name
        self.orReplace = orReplace
        self.isTemporary = isTemporary
        self.columns = columns
        self.query = query
        self.checkOption = checkOption
    }
}

/// ALTER VIEW.
package struct AlterViewStatement: Sendable, Hashable {
    /// What is changed.
    package enum Action: Sendable, Hashable {
        case rename(to: Identifier)
        case setSchema(Identifier)
    }

    /// The view.
    package let view: ObjectName
    /// IF EXISTS.
    package let ifExists: Bool
    /// The change.
    package let action: Action

    /// Makes a statement.
    package init(view: ObjectName, ifExists: Bool, action: Action) {
        self.view = view
        self.ifExists = ifExists
        self.action = action
    }
}

/// CREATE ALERT name WHEN condition FROM source [WHERE] [GROUP BY] SEVERITY s MESSAGE 'm' [TYPE 't'] [ACTION 'a'].
package struct CreateAlertStatement: Sendable, Hashable {
    /// The name.
    package let name: Identifier
    /// OR REPLACE.
    package let orReplace: Bool
    /// IF NOT EXISTS.
    package let ifNotExists: Bool
    /// The condition, which may use aggregates and metrics.
    package let condition: Expression
    /// FROM.
    package let from: [TableReference]
    /// WHERE.
    package let whereCondition: Expression?
    /// GROUP BY.
    package let groupBy: [Expression]
    /// Bytes of the statement from FROM to the end of GROUP BY.
    package let sourceRange: SourceRange
    /// The severity's name, in lower case.
    package let severity: Identifier
    /// The message template.
    package let message: String
    /// The literal that holds the template, quotes included.
    package let messageRange: SourceRange
    /// The type of the alerts it fires; nil for the rule's name.
    package let type: String?
    /// What to do.
    package let action: String?

    /// Makes a statement.
    package init(
        name: Identifier, orReplace: Bool, ifNotExists: Bool, condition: Expression,
        from: [TableReference], whereCondition: Expression?, groupBy: [Expression],
        sourceRange: SourceRange, severity: Identifier, message: String, messageRange: SourceRange,
        type: String?, action: String?
    ) {
        self.name = name
        self.orReplace = orReplace
        self.ifNotExists = ifNotExists
        self.condition = condition
        self.from = from
        self.whereCondition = whereCondition
        self.groupBy = groupBy
        self.sourceRange = sourceRange
        self.severity = severity
        self.message = message
        self.messageRange = messageRange
        self.type = type
        self.action = action
    }
}

/// CREATE [OR REPLACE] MODEL name FROM {TABLE t | (query)} TARGET c [ID c] [TIME c] [GROUP c] [WITH (...)].
package struct CreateModelStatement: Sendable, Hashable {
    /// The name.
    package let name: Identifier
    /// OR REPLACE.
    package let orReplace: Bool
    /// IF NOT EXISTS.
    package let ifNotExists: Bool
    /// The training rows.
    package let source: Query
    /// The column to predict.
    package let target: Identifier
    /// The column that names a row.
    package let id: Identifier?
    /// The column that orders rows in time.
    package let time: Identifier?
    /// The column whose values get intervals of their own.
    package let group: Identifier?
    /// WITH options.
    package let options: [TableOption]

    /// Makes a statement.
    package init(
        name: Identifier, orReplace: Bool, ifNotExists: Bool, source: Query, target: Identifier,
        id: Identifier?, time: Identifier?, group: Identifier?, options: [TableOption]
    ) {
        self.name = name
        self.orReplace = orReplace
        self.ifNotExists = ifNotExists
        self.source = source
        self.target = target
        self.id = id
        self.time = time
        self.group = group
        self.options = options
    }
}

/// CREATE [UNIQUE] INDEX [IF NOT EXISTS] [name] ON table (columns): noted, answered by what is used instead.
package struct CreateIndexStatement: Sendable, Hashable {
    /// The name, if given.
    package let name: ObjectName?
    /// UNIQUE.
    package let isUnique: Bool
    /// IF NOT EXISTS.
    package let ifNotExists: Bool
    /// The table.
    package let table: ObjectName
    /// The columns; nil where an expression stands.
    package let columns: [Identifier?]
    /// Where WHERE, an expression or NULLS NOT DISTINCT stands: what a unique index cannot have.
    package let special: SourceRange?

    /// Makes a statement.
    package init(
        name: ObjectName?, isUnique: Bool, ifNotExists: Bool, table: ObjectName,
        columns: [Identifier?], special: SourceRange?
    ) {
        self.name = name
        self.isUnique = isUnique
        self.ifNotExists = ifNotExists
        self.table = table
        self.columns = columns
        self.special = special
    }
}

/// ALTER TABLE.
package struct AlterTableStatement: Sendable, Hashable {
    /// One change.
    package indirect enum Action: Sendable, Hashable {
        case addColumn(ColumnClause, ifNotExists: Bool)
        case dropColumn(Identifier, ifExists: Bool, cascade: Bool)
        case renameColumn(Identifier, to: Identifier)
        case renameTable(to: Identifier)
        case setSchema(Identifier)
        case setDefault(Identifier, Expression?)
        case setNotNull(Identifier, Bool)
        /// TYPE type USING expression.
        case setType(Identifier, TypeName, using: Expression?)
        /// ADD CONSTRAINT.
        case addConstraint(TableConstraint)
        case dropConstraint(Identifier, ifExists: Bool, cascade: Bool)
        case renameConstraint(Identifier, to: Identifier)
        /// ADD GENERATED ... AS IDENTITY.
        case addIdentity(Identifier, always: Bool, [SequenceOption])
        case setIdentity(Identifier, always: Bool)
        case dropIdentity(Identifier, ifExists: Bool)
        /// RESTART [WITH n] of the sequence of an identity column.
        case restartIdentity(Identifier, with: Int64?)
        case setOptions([TableOption])
        /// RESET (names): the options have their defaults again.
        case resetOptions([Identifier])
    }

    /// The table.
    package let table: ObjectName
    /// IF EXISTS.
    package let ifExists: Bool
    /// The changes in order.
    package let actions: [Action]

    /// Makes a statement.
    package init(table: ObjectName, ifExists: Bool, actions: [Action]) {
        self.table = table
        self.ifExists = ifExists
        self.actions = actions
    }
}

/// DROP TABLE / VIEW / SCHEMA / SEQUENCE / METRIC / ALERT / MODEL / INDEX.
package struct DropStatement: Sendable, Hashable {
    /// What kind of object.
    package enum Kind: String, Sendable, Hashable {
        case table, view, schema, sequence, metric, alert, model, index
    }

    /// The kind.
    package let kind: Kind
    /// IF EXISTS.
    package let ifExists: Bool
    /// The names.
    package let names: [ObjectName]
    /// CASCADE.
    package let cascade: Bool

    /// Makes a statement.
    package init(kind: Kind, ifExists: Bool, names: [ObjectName], cascade: Bool) {
        self.kind = kind
        self.ifExists = ifExists
        self.names = names
        self.cascade = cascade
    }
}
