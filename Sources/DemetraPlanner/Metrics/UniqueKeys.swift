import DemetraCatalog

/// Which columns tell the rows of a plan apart.
enum UniqueKeys {
    /// Sets of columns of which no two rows have equal values; the empty set where there is one row at most.
    static func of(_ plan: LogicalPlan) -> [Set<ColumnIdentifier>] {
        switch plan {
        case .oneRow: return [[]]
        case .scan(let scan):
            let columns = Dictionary(
                scan.columns.map { ($0.position, $0.column.id) },
                uniquingKeysWith: { first, _ in first })
            return scan.table.keys.compactMap { key in
                let ids = key.columns.compactMap { columns[$0] }
                return ids.count == key.columns.count ? Set(ids) : nil
            }
        case .values(_, let rows): return rows.count <= 1 ? [[]] : []
        case .filter(let input, _), .sort(let input, _): return of(input)
        case .window(let window): return of(window.input)
        case .limit(let limit): return of(limit.input)
        case .distinct(let input, on: nil): return of(input) + [Set(input.columns.map(\.id))]
        case .distinct(let input, on: .some(let keys)):
            let ids = keys.compactMap { key -> ColumnIdentifier? in
                if case .column(let id) = key.node { id } else { nil }
            }
            return of(input) + (ids.count == keys.count ? [Set(ids)] : [])
        case .aggregate(let aggregation):
            return aggregation.sets == nil ? [Set(aggregation.groups.map(\.column.id))] : []
        case .project(let input, let columns): return projected(of(input), columns)
        case .join(let join):
            switch join.kind {
            case .semi, .anti, .nullAwareAnti, .mark, .single: return of(join.left)
            default: return []
            }
        case .with(_, _, let body): return of(body)
        default: return []
        }
    }

    /// Keys all of whose columns are passed on, under their new names.
    private static func projected(
        _ keys: [Set<ColumnIdentifier>], _ columns: [ProjectedColumn]
    ) -> [Set<ColumnIdentifier>] {
        var names: [ColumnIdentifier: ColumnIdentifier] = [:]
        for column in columns {
            if case .column(let id) = column.expression.node { names[id] = column.column.id }
        }
        return keys.compactMap { key in
            let renamed = key.compactMap { names[$0] }
            return renamed.count == key.count ? Set(renamed) : nil
        }
    }
}
