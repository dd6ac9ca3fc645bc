package import DemetraTypes

/// One statement as it was written.
package struct ParsedStatement: Sendable, Hashable {
    /// What it says.
    package let statement: Statement
    /// Where it stands in the text that was parsed, without the semicolon.
    package let range: SourceRange

    /// Makes a parsed statement.
    package init(_ statement: Statement, range: SourceRange) {
        self.statement = statement
        self.range = range
    }
}

/// The kinds of statements.
package indirect enum Statement: Sendable, Hashable {
    case query(Query)
    case insert(InsertStatement)
    case update(UpdateStatement)
    case delete(DeleteStatement)
    case merge(MergeStatement)
    /// INSERT, UPDATE, DELETE or MERGE with common tables.
    case with(WithClause, Statement)
    case truncate(TruncateStatement)
    case copy(CopyStatement)
    case createTable(CreateTableStatement)
    case createView(CreateViewStatement)
    case createMetric(CreateMetricStatement)
    case alterMetric(AlterMetricStatement)
    case createAlert(CreateAlertStatement)
    case createModel(CreateModelStatement)
    /// ALTER MODEL name RETRAIN.
    case retrainModel(Identifier)
    case createIndex(CreateIndexStatement)
    case createSchema(Identifier, owner: RoleName?, ifNotExists: Bool)
    /// ALTER SCHEMA name RENAME TO target.
    case renameSchema(Identifier, to: Identifier)
    case alterView(AlterViewStatement)
    case createSequence(CreateSequenceStatement)
    case alterSequence(AlterSequenceStatement)
    case alterTable(AlterTableStatement)
    case drop(DropStatement)
    /// Roles, owners and privileges.
    case role(RoleStatement)
    case comment(CommentStatement)
    /// CHECK ALERTS, or CHECK ALERT name.
    case checkAlerts(Identifier?)
    /// ACKNOWLEDGE ALERT id.
    case acknowledgeAlert(Expression)
    case explain(ExplainStatement)
    /// `SET name = values`; the values as text, nil for DEFAULT.
    case set(name: ObjectName, values: [String]?, isLocal: Bool)
    /// `SHOW name`; `all` for SHOW ALL; `tables`, `metrics`, `alerts`, `models` list those.
    case show(ObjectName)
    case reset(ObjectName?)
    /// BEGIN, or START TRANSACTION.
    case begin(TransactionModes, isStart: Bool)
    /// COMMIT; the next transaction begins at once with AND CHAIN.
    case commit(isChained: Bool)
    case rollback(isChained: Bool)
    case savepoint(Identifier)
    /// RELEASE SAVEPOINT.
    case release(Identifier)
    /// ROLLBACK TO SAVEPOINT.
    case rollbackTo(Identifier)
    /// SET TRANSACTION, or SET SESSION CHARACTERISTICS AS TRANSACTION.
    case setTransaction(TransactionModes, isForSession: Bool)
    /// SET CONSTRAINTS; no names for ALL.
    case setConstraints([ObjectName], isDeferred: Bool)
    /// PREPARE name (types) AS statement.
    case prepare(name: Identifier, types: [TypeName], ParsedStatement)
    case execute(name: Identifier, arguments: [Expression])
    /// DEALLOCATE name; nil for ALL.
    case deallocate(Identifier?)
    /// CHECKPOINT: flush everything to segments.
    case checkpoint
    /// VACUUM: what hides no more goes, segments are joined; no names for all tables.
    case vacuum([ObjectName])
    /// BACKUP DATABASE TO 'directory'.
    case backup(String)
    case discard(Discarded)
    case declareCursor(DeclareCursorStatement)
    case fetch(FetchStatement)
    /// CLOSE; nil for ALL.
    case closeCursor(Identifier?)
    case listen(Identifier)
    /// UNLISTEN; nil for all channels.
    case unlisten(Identifier?)
    case notify(Identifier, payload: String)

    /// What DISCARD names.
    package enum Discarded: Sendable, Hashable {
        case all, temporary, plans, sequences
    }
}

/// INSERT.
package struct InsertStatement: Sendable, Hashable {
    /// What a conflict with a key does.
    package enum ConflictAction: Sendable, Hashable {
        case nothing
        case update([Assignment], where: Expression?)
    }
    /// OVERRIDING ... VALUE.
    package enum Overriding: Sendable, Hashable {
        /// Columns that are generated always take the values given.
        case system
        /// Identity columns take numbers of their sequence whatever is given.
        case user
    }
    /// ON CONFLICT.
    package struct OnConflict: Sendable, Hashable {
        /// The key's columns, or empty.
        package let columns: [Identifier]
        /// What to do.
        package let action: ConflictAction
        /// Where it stands.
        package let range: SourceRange

        /// Makes a clause.
        package init(columns: [Identifier], action: ConflictAction, range: SourceRange) {
            self.columns = columns
            self.action = action
            self.range = range
        }
    }

    /// The table.
    package var table: ObjectName
    /// Its alias.
    package var alias: Identifier?
    /// The target columns, or empty for all in order.
    package var columns: [Identifier]
    /// The rows; nil for DEFAULT VALUES.
    package var source: Query?
    /// OVERRIDING: whose values identity columns get.
    package var overriding: Overriding?
    /// ON CONFLICT.
    package var onConflict: OnConflict?
    /// RETURNING.
    package var returning: [SelectItem]
    /// The rows when all of them are plain literals; `source` is nil then.
    package var literalRows: LiteralRows?

    /// Makes an INSERT.
    package init(
        table: ObjectName, alias: Identifier?, columns: [Identifier], source: Query?,
        onConflict: OnConflict?, returning: [SelectItem]
    ) {
        self.table = table
        self.alias = alias
        self.columns = columns
        self.source = source
        self.onConflict = onConflict
        self.returning = returning
    }
}

/// `column = value`.
package struct Assignment: Sendable, Hashable {
    /// The column.
    package let column: Identifier
    /// Its value.
    package let value: Expression

    /// Makes an assignment.
    package init(column: Identifier, value: Expression) {
        self.column = column
        self.value = value
    }
}

/// UPDATE.
package struct UpdateStatement: Sendable, Hashable {
    /// The table.
    package let table: ObjectName
    /// Its alias.
    package let alias: Identifier?
    /// SET.
    package let assignments: [Assignment]
    /// FROM.
    package let from: [TableReference]
    /// WHERE.
    package let whereCondition: Expression?
    /// RETURNING.
    package let returning: [SelectItem]

    /// Makes an UPDATE.
    package init(
        table: ObjectName, alias: Identifier?, assignments: [Assignment], from: [TableReference],
        whereCondition: Expression?, returning: [SelectItem]
    ) {
        self.table = table
        self.alias = alias
        self.assignments = assignments
        self.from = from
        self.whereCondition = whereCondition
        self.returning = returning
    }
}

/// DELETE.
package struct DeleteStatement: Sendable, Hashable {
    /// The table.
    package let table: ObjectName
    /// Its alias.
    package let alias: Identifier?
    /// USING.
    package let using: [TableReference]
    /// WHERE.
    package let whereCondition: Expression?
    /// RETURNING.
    package let returning: [SelectItem]

    /// Makes a DELETE.
    package init(
        table: ObjectName, alias: Identifier?, using: [TableReference],
        whereCondition: Expression?, returning: [SelectItem]
    ) {
        self.table = table
        self.alias = alias
        self.using = using
        self.whereCondition = whereCondition
        self.returning = returning
    }
}

/// TRUNCATE.
package struct TruncateStatement: Sendable, Hashable {
    /// The tables.
    package let tables: [ObjectName]
    /// RESTART IDENTITY.
    package let restartsIdentity: Bool
    /// CASCADE: also the tables that refer to them.
    package let cascade: Bool

    /// Makes a TRUNCATE.
    package init(tables: [ObjectName], restartsIdentity: Bool, cascade: Bool) {
        self.tables = tables
        self.restartsIdentity = restartsIdentity
        self.cascade = cascade
    }
}

/// COPY.
package struct CopyStatement: Sendable, Hashable {
    /// What is copied.
    package enum Subject: Sendable, Hashable {
        case table(ObjectName, columns: [Identifier])
        case query(Query)
    }
    /// Where the bytes are.
    package enum Endpoint: Sendable, Hashable {
        case standard
        case file(String)
        case program(String)
    }

    /// What is copied.
    package let subject: Subject
    /// FROM (true) or TO.
    package let isFrom: Bool
    /// Where the bytes are.
    package let endpoint: Endpoint
    /// What an option says.
    package enum OptionValue: Sendable, Hashable {
        /// A word, number or text; `true` for a flag.
        case text(String)
        /// The columns that it is for.
        case columns([Identifier])
    }

    /// Options by lower-case name: `format`, `header`, `delimiter`, `null`, ...
    package let options: [(name: Identifier, value: OptionValue)]
    /// Where it stands.
    package let range: SourceRange

    /// Makes a COPY.
    package init(
        subject: Subject, isFrom: Bool, endpoint: Endpoint,
        options: [(name: Identifier, value: OptionValue)], range: SourceRange
    ) {
        self.subject = subject
        self.isFrom = isFrom
        self.endpoint = endpoint
        self.options = options
        self.range = range
    }

    package static func == (left: CopyStatement, right: CopyStatement) -> Bool {
        left.subject == right.subject && left.isFrom == right.isFrom
            && left.endpoint == right.endpoint
            && left.options.map(\.name) == right.options.map(\.name)
            && left.options.map(\.value) == right.options.map(\.value)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(subject)
        hasher.combine(isFrom)
    }
}

/// EXPLAIN.
package struct ExplainStatement: Sendable, Hashable {
    /// ANALYZE.
    package let analyze: Bool
    /// FORMAT, in lower case: `text` or `json`.
    package let format: String
    /// What is explained.
    package let statement: Statement

    /// Makes an EXPLAIN.
    package init(analyze: Bool, format: String, statement: Statement) {
        self.analyze = analyze
        self.format = format
        self.statement = statement
    }
}
