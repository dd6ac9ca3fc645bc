import DemetraCatalog
import DemetraFunctions
import DemetraPlanner
import DemetraSQL
import DemetraTypes

/// A catalog that statements change, and plans over it.
struct PlannerFixture {
    var catalog = Catalog()
    var rowCounts: [String: Int] = [:]

    /// The tables and metrics most tests use.
    static func advertising() throws -> PlannerFixture {
        var fixture = PlannerFixture()
        try fixture.run(
            """
            CREATE TABLE ads (ts timestamp NOT NULL, channel text, campaign_id integer,
              clicks bigint, spend numeric(12,2), revenue double precision)
            """)
        try fixture.run(
            "CREATE TABLE campaigns (id integer PRIMARY KEY, name text, channel text, day date)")
        try fixture.run("CREATE TABLE small (id integer, label text)")
        fixture.rowCounts = ["ads": 1_000_000, "campaigns": 1_000, "small": 10]
        return fixture
    }

    /// Binds a statement; definitions change the catalog.
    @discardableResult
    mutating func run(
        _ text: String, parameters: [LogicalType] = []
    ) throws(DemetraError) -> BoundStatement {
        let bound = try bind(text, parameters: parameters)
        switch bound {
        case .define(let changes, _, _):
            for change in changes { catalog = catalog.applying(change) }
        case .createTableAs(let table, _): catalog = catalog.applying(.putTable(table))
        case .alterTable(let alter):
            if alter.isRewritten { catalog = catalog.applying(.dropTable(alter.old.id)) }
            catalog = catalog.applying(.putTable(alter.new))
        default: break
        }
        return bound
    }

    /// The bound statement.
    func bind(
        _ text: String, parameters: [LogicalType] = []
    ) throws(DemetraError) -> BoundStatement {
        let statements = try SQLParser.parse(text)
        let binder = Binder(catalog: catalog, functions: BuiltInFunctions.registry)
        return try binder.bind(statements[0], text: text, parameters: parameters)
    }

    /// The plan of a query before the rules.
    func plan(_ text: String, parameters: [LogicalType] = []) throws(DemetraError) -> LogicalPlan {
        guard case .query(let plan) = try bind(text, parameters: parameters) else {
            throw DemetraError(.internalError, "not a query")
        }
        return plan
    }

    /// The plan after the rules.
    func optimized(_ plan: LogicalPlan) throws(DemetraError) -> LogicalPlan {
        try QueryPlanner.optimize(
            plan, folder: NoFolding(), statistics: KnownCounts(counts: rowCounts))
    }

    /// The printed plan of a query after the rules.
    func explain(_ text: String) throws(DemetraError) -> String {
        PlanPrinter.text(try optimized(try plan(text))).joined(separator: "\n")
    }

    /// The error a statement gives, nil when it binds.
    func error(_ text: String) -> DemetraError? {
        do throws(DemetraError) {
            _ = try bind(text)
            return nil
        } catch { return error }
    }
}

/// Folds nothing: the rules' own work shows.
struct NoFolding: ConstantFolder {
    func fold(_ expression: BoundExpression) -> Value? { nil }

    func value(of expression: BoundExpression) throws(DemetraError) -> Value {
        throw DemetraError(.featureNotSupported, "these tests evaluate nothing")
    }
}

/// Row counts by table name.
struct KnownCounts: Statistics {
    let counts: [String: Int]
    func rowCount(of table: TableDefinition) -> Int { counts[table.name] ?? 100 }
    func distinctCount(of table: TableDefinition, column: Int) -> Int? { nil }
}
