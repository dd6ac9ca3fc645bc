package import DemetraCatalog
package import DemetraFunctions
package import DemetraSQL
package import DemetraTypes

/// Resolves names and types: from what was written to what is meant.
///
/// All errors about meaning are raised here, with the place they were written at. One object binds one
/// statement.
// Owned by the statement's thread.
package final class Binder {
    /// Queries inside queries, views inside views: beyond this a statement is too complex.
    static let deepestNesting = 100

    let catalog: Catalog
    let functions: FunctionRegistry
    var text = ""
    /// Where the statement stands in `text`, among others perhaps.
    private(set) var statementRange = SourceRange.none
    /// Types of `$1`, `$2`, ...; while they are inferred, those that nothing has decided yet are unknown.
    var parameterTypes: [LogicalType] = []
    /// The statement is only described: parameters take the type of the place where they are first used.
    var infersParameters = false
    /// Numbers of the parameters that the statement names.
    var namedParameters: Set<Int> = []
    /// What EXECUTE gave for `$1`, `$2`, ...: constants that stand in their place.
    var parameterValues: [BoundExpression] = []
    private var nextColumn: Int32 = 1
    private var nextTable = 1
    var depth = 0
    /// The greatest depth so far.
    var deepest = 0
    var viewDepth = 0
    /// The time that AS OF gives the tables of the reference that is being bound.
    var pastTime: Timestamp?
    /// Columns that subqueries and windows make: a grouped query may use them freely.
    var columnsAboveGroups: Set<ColumnIdentifier> = []
    /// Common table expressions in reach, innermost last.
    var commonTables: [CommonTableEntry] = []
    /// Where the next WITH puts what is carried out before the statement; nil inside of one.
    var nextStages: StageList?
    /// Calls of grouping(...) whose bits are cut out once the grouping keys are known.
    var pendingGroupings: [(column: PlanColumn, arguments: [BoundExpression])] = []
    /// Metrics being expanded, to find cycles.
    var expandingMetrics: [String] = []
    /// Metrics expanded so far: one that is named twice by each of those above it would double without end.
    var expandedMetricCount = 0

    /// Tables, views and metrics that the statement reads, those behind views included.
    var usedObjects: Set<CatalogObject> = []
    /// Tables and views where the text of the statement names them.
    var namedRelations: [NamedRelation] = []
    /// Where names without a schema are looked for; inside of a view, where that was written.
    var path: SearchPath
    /// As whom the statement is bound; inside of a view, its owner.
    var authority: Authority
    /// The name by which the session calls the database.
    let databaseName: String
    /// Salts for passwords; nil where none are made.
    let entropy: (any Entropy)?

    /// Computes arguments of table functions that are no literals; nil: only literals are allowed.
    let folder: (any ConstantFolder)?

    /// A binder over a catalog.
    package init(
        catalog: Catalog, functions: FunctionRegistry, folder: (any ConstantFolder)? = nil,
        path: SearchPath = .standard, authority: Authority = .owner,
        databaseName: String = Binder.usualDatabaseName, entropy: (any Entropy)? = nil
    ) {
        self.databaseName = databaseName
        self.entropy = entropy
        self.catalog = catalog
        self.authority = authority
        self.path = path
        self.functions = functions
        self.folder = folder
    }

    /// The value of an expression without columns: a literal, or what the folder makes of it.
    func constant(_ expression: BoundExpression) -> Value? {
        if let value = constantValue(expression) { return value }
        guard expression.usedColumns.isEmpty, !expression.hasOuter else { return nil }
        return folder?.fold(expression) ?? (infersParameters ? standIn(expression.type) : nil)
    }

    /// Resolves one statement.
    ///
    /// - Parameters:
    ///   - text: the text the statement's ranges point into.
    ///   - parameters: the types of `$1`, `$2`, ...
    /// - Throws: 42xxx errors with position and hint.
    package func bind(
        _ statement: ParsedStatement, text: String, parameters: [LogicalType]
    ) throws(DemetraError) -> BoundStatement {
        self.text = text
        statementRange = statement.range
        parameterTypes = parameters
        return try bind(statement.statement)
    }

    func bind(_ statement: Statement) throws(DemetraError) -> BoundStatement {
        if case .role(let role) = statement { return try bindRole(role) }
        let bound = try resolve(statement)
        guard authority != .owner else { return bound }
        return try DefinitionAccess(
            authority: authority, catalog: catalog, databaseName: databaseName
        ).secured(bound)
    }

    private func resolve(_ statement: Statement) throws(DemetraError) -> BoundStatement {
        switch statement {
        case .query(let query):
            if query.changesRows { return try bindStaged(query) }
            return .query(try bindQuery(query, outer: nil).plan)
        case .with(let with, let change): return try bindStaged(with, change)
        case .insert(let insert): return .insert(try bindInsert(insert))
        case .update(let update): return .update(try bindUpdate(update))
        case .delete(let delete): return .delete(try bindDelete(delete))
        case .merge(let merge): return .merge(try bindMerge(merge))
        case .truncate(let truncate): return try bindTruncate(truncate)
        case .vacuum(let names):
            var tables: [TableDefinition] = []
            for name in names { tables.append(try table(name)) }
            return .vacuum(names.isEmpty ? nil : tables)
        case .copy(let copy): return try bindCopy(copy)
        case .createTable(let create): return try bindCreateTable(create)
        case .createView(let view): return try bindCreateView(view)
        case .createMetric(let metric): return try bindCreateMetric(metric)
        case .alterMetric(let metric): return try bindAlterMetric(metric)
        case .createAlert(let alert): return try bindCreateAlert(alert)
        case .createModel(let model): return try bindCreateModel(model)
        case .retrainModel(let name): return try bindRetrainModel(name)
        case .createIndex(let index): return try bindCreateIndex(index)
        case .createSchema(let name, let owner, let ifNotExists):
            return try bindCreateSchema(name, owner, ifNotExists)
        case .renameSchema(let name, let target): return try bindRenameSchema(name, target)
        case .createSequence(let create): return try bindCreateSequence(create)
        case .alterSequence(let alter): return try bindAlterSequence(alter)
        case .alterView(let alter): return try bindAlterView(alter)
        case .alterTable(let alter): return try bindAlterTable(alter)
        case .drop(let drop): return try bindDrop(drop)
        case .comment(let comment): return try bindComment(comment)
        case .checkAlerts(let name): return try bindCheckAlerts(name)
        case .acknowledgeAlert(let id): return try bindAcknowledgeAlert(id)
        case .explain(let explain):
            return .explain(
                try bind(explain.statement), analyze: explain.analyze, format: explain.format)
        default: return .session(statement)
        }
    }

    // MARK: Names

    /// A column with an identity of its own.
    package func newColumn(_ name: String, _ type: LogicalType) -> PlanColumn {
        defer { nextColumn += 1 }
        return PlanColumn(id: ColumnIdentifier(nextColumn), name: name, type: type)
    }

    func newTableNumber() -> Int {
        defer { nextTable += 1 }
        return nextTable
    }

    /// The text a range covers, for messages.
    func sourceText(_ range: SourceRange) -> String {
        guard range.lower >= 0 else { return "?" }
        let bytes = Array(text.utf8)
        let (lower, upper) = (Int(range.lower), min(Int(range.upper), bytes.count))
        return lower < upper ? String(decoding: bytes[lower..<upper], as: UTF8.self) : "?"
    }

    /// Columns of subqueries and windows exist above the groups, not below them.
    func isComputedAboveGroups(_ id: ColumnIdentifier) -> Bool { columnsAboveGroups.contains(id) }
}

/// A common table expression a query can name.
struct CommonTableEntry {
    enum Content {
        /// Bound anew at each use.
        case inlined(Query, visible: Int, outer: Scope?)
        /// Computed once, read by id.
        case materialized(id: Int, columns: [PlanColumn])
        /// A change without RETURNING.
        case nothing
    }
    let name: String
    let columnNames: [Identifier]
    let content: Content
}

/// A bound query: its plan and the outer columns it uses.
struct BoundQuery {
    var plan: LogicalPlan
    var correlated: [PlanColumn]

    /// The query with columns that are only literals without a type made text, as PostgreSQL does where
    /// nothing else can give them one.
    func typed(_ binder: Binder) -> BoundQuery {
        let columns = plan.columns
        guard columns.contains(where: { $0.type == .unknown }) else { return self }
        let projected = columns.map { column in
            let value = BoundExpression(.column(column.id), type: column.type)
            guard column.type == .unknown else {
                return ProjectedColumn(column: column, expression: value)
            }
            return ProjectedColumn(
                column: binder.newColumn(column.name, .text),
                expression: BoundExpression(.cast(value, isExplicit: false), type: .text))
        }
        return BoundQuery(plan: .project(plan, projected), correlated: correlated)
    }
}
