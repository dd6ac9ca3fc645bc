import DemetraCatalog
import DemetraSQL
import DemetraTypes

/// A column that a name can mean.
struct ScopeColumn {
    let name: String
    let column: PlanColumn
    /// Left out of `*`: the right side's column of USING.
    var isHidden = false
}

/// A relation of FROM.
struct ScopeRelation {
    /// The name it is known by, or nil.
    let name: String?
    var columns: [ScopeColumn]
    /// The stored table it is, if it is one: its primary key decides its other columns.
    var table: TableDefinition?
    /// The table or view of the catalog it reads, whatever it is called here.
    var source: String?
    /// The schema of a table or view that has no alias: `schema.table.column` means it.
    var schema: String?

    /// Whether `name` or `schema.name` in front of a column means this relation.
    func isKnown(as name: String, in schema: String?) -> Bool {
        self.name == name && (schema == nil || schema == self.schema)
    }
}

/// What names mean in one query; a subquery's scope has the outer one as its parent.
final class Scope {
    let parent: Scope?
    var relations: [ScopeRelation] = []
    /// Columns of outer queries that this query, or one inside it, uses.
    private(set) var correlated: [PlanColumn] = []

    init(parent: Scope?) { self.parent = parent }

    /// All columns that `*` stands for.
    var visibleColumns: [ScopeColumn] {
        relations.flatMap { $0.columns.filter { !$0.isHidden } }
    }

    enum Match {
        case found(PlanColumn)
        case ambiguous
        case missing
    }

    /// Looks a column up in this query alone.
    func lookUp(_ name: String, relation: String?, schema: String? = nil) -> Match {
        var found: [PlanColumn] = []
        for candidate in relations {
            if let relation, !candidate.isKnown(as: relation, in: schema) { continue }
            for column in candidate.columns where column.name == name {
                if relation == nil, column.isHidden { continue }
                found.append(column.column)
            }
        }
        let distinct = Set(found.map(\.id))
        if distinct.count > 1 { return .ambiguous }
        return found.first.map { .found($0) } ?? .missing
    }

    /// Notes that this query uses an outer column.
    func noteCorrelation(_ column: PlanColumn) {
        if !correlated.contains(where: { $0.id == column.id }) { correlated.append(column) }
    }

    /// Names for suggestions.
    var columnNames: [String] {
        relations.flatMap { relation in
            relation.columns.map { column in
                relation.name.map { "\($0).\(column.name)" } ?? column.name
            }
        }
    }
}
