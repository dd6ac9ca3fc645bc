package import DemetraCatalog
package import DemetraFunctions
import DemetraSQL
package import DemetraTypes

/// A catalog as PostgreSQL's clients read it: every object with a number, and the rows of `pg_catalog`.
///
/// It is made of one version of the catalog as one session sees it, and kept until that changes.
// Immutable after init.
package final class SystemCatalog: Sendable {
    let catalog: Catalog
    let path: SearchPath
    let registry: FunctionRegistry
    /// The name by which the session calls the database.
    let databaseName: String
    /// As whom the session acts.
    let authority: Authority
    /// The name of the database's owner, whom everything belongs to that no role has made.
    let user: String
    /// The roles, each with its number.
    let roles: [(number: Int64, name: String)]
    /// The schemas, each with its number.
    let schemas: [(number: Int64, name: String)]
    /// All relations, the system's behind the user's.
    let relations: [CatalogRelation]
    let constraints: [CatalogConstraint]
    /// The defaults of columns, by table and id of the column.
    let defaults: [TableID: [Int32: Int64]]
    let functions: CatalogFunctions
    private let relationsByNumber: [Int64: Int]
    private let relationsByName: [RelationName: Int]
    private let relationsByRowType: [Int64: Int]
    private let schemasByName: [String: Int64]
    private let schemasByNumber: [Int64: String]
    let constraintsByNumber: [Int64: CatalogConstraint]
    /// The tables that foreign keys refer to.
    let referredTables: Set<TableID>

    /// The objects of a catalog.
    package init(
        catalog: Catalog, path: SearchPath, registry: FunctionRegistry, user: Authority,
        databaseName: String
    ) {
        self.databaseName = databaseName
        self.catalog = catalog
        self.path = path
        self.registry = registry
        authority = user
        self.user = user.role == nil ? user.user : Authority.owner.user
        var builder = CatalogObjects(catalog: catalog, path: path)
        builder.addAll()
        schemas = builder.schemas
        roles = builder.roles
        relations = builder.relations
        constraints = builder.constraints
        defaults = builder.defaults
        referredTables = builder.referredTables
        functions = CatalogFunctions(registry)
        relationsByNumber = Dictionary(
            relations.enumerated().map { ($1.number, $0) }, uniquingKeysWith: { first, _ in first })
        relationsByName = Dictionary(
            relations.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        relationsByRowType = Dictionary(
            relations.enumerated().filter { $1.rowType != 0 }.flatMap {
                [($1.rowType, $0), ($1.rowListType, $0)]
            }, uniquingKeysWith: { first, _ in first })
        schemasByName = Dictionary(
            schemas.map { ($0.name, $0.number) }, uniquingKeysWith: { first, _ in first })
        schemasByNumber = Dictionary(
            schemas.map { ($0.number, $0.name) }, uniquingKeysWith: { first, _ in first })
        constraintsByNumber = Dictionary(
            constraints.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether it is made of this catalog, for a user's session that sees it in the same way.
    package func shows(
        _ catalog: Catalog, _ path: SearchPath, to user: Authority, as databaseName: String
    ) -> Bool {
        authority == user && self.databaseName == databaseName && self.path == path
            && self.catalog == catalog
    }

    // MARK: Objects

    /// The relation of that number.
    func relation(_ number: Int64) -> CatalogRelation? {
        relationsByNumber[number].map { relations[$0] }
    }

    /// The relation of that name.
    func relation(_ name: RelationName) -> CatalogRelation? {
        relationsByName[name].map { relations[$0] }
    }

    /// The name of the type of the rows of a relation, or of lists of them.
    func rowType(_ number: Int64) -> String? {
        relationsByRowType[number].map { index in
            let relation = relations[index]
            return shownName(relation) + (relation.rowType == number ? "" : "[]")
        }
    }

    /// The number of a schema; 0 when there is none.
    func schema(_ name: String) -> Int64 { schemasByName[name] ?? 0 }

    /// The name of a schema.
    func schema(_ number: Int64) -> String? { schemasByNumber[number] }

    /// The schemas in which names are looked for: `pg_catalog` before the others, unless they name it.
    func searchedSchemas(withImplicit: Bool) -> [String] {
        let named = path.schemas.filter { $0 != path.temporary }
        guard withImplicit else { return named }
        let system = named.contains(Self.systemSchema) ? [] : [Self.systemSchema]
        let temporary = [path.temporary].compactMap { $0 }.filter { schemasByName[$0] != nil }
        return temporary + system + named
    }

    static let systemSchema = "pg_catalog"

    /// The columns of a relation; of a view that cannot be read any more, none.
    func columns(of relation: CatalogRelation) -> [Field] {
        switch relation.source {
        case .table(let table): return table.schema.fields
        case .index(let index):
            return index.columns.map { index.table.schema.fields[$0] }
                .map { Field(name: $0.name, type: $0.type) }
        case .system(let schema, _): return schema.fields
        case .sequence:
            return [
                Field(name: "last_value", type: .bigint, isNullable: false),
                Field(name: "log_cnt", type: .bigint, isNullable: false),
                Field(name: "is_called", type: .boolean, isNullable: false),
            ]
        case .view(let view):
            let binder = Binder(catalog: catalog, functions: registry, path: path.stored)
            guard
                let query = try? SQLParser.parseQuery("SELECT * FROM \(view.qualifiedName.quoted)"),
                let bound = try? binder.bindQuery(query, outer: nil)
            else { return [] }
            return bound.plan.columns.map { Field(name: $0.name, type: $0.type) }
        }
    }

    // MARK: Rows

    /// The columns and rows of a relation of `pg_catalog`, or of `information_schema` with the schema before its name;
    /// nil when there is none.
    package func rows(
        of name: String, _ facts: any SessionFacts
    ) -> (schema: Schema, rows: [[Value]])? {
        guard let table = SystemTable.named(name) else { return informationRows(of: name) }
        let rows = table.live.map { $0(self, facts) } ?? table.rows(self)
        return (table.schema, rows.map { table.values($0) })
    }

    /// Whether the rows of a relation follow from the catalog alone.
    package func isLasting(_ name: String) -> Bool { SystemTable.named(name)?.live == nil }

    private func informationRows(of name: String) -> (schema: Schema, rows: [[Value]])? {
        guard name.hasPrefix(InformationRelation.schemaName + "."),
            let relation = InformationRelation(
                rawValue: String(name.dropFirst(InformationRelation.schemaName.count + 1)))
        else { return nil }
        // Of the binder only its authority is asked: rows of tables are not read.
        let binder = Binder(
            catalog: catalog, functions: registry, path: path, authority: authority,
            databaseName: databaseName)
        return (relation.schema, InformationRows(binder: binder).rows(of: relation))
    }
}
