import DemetraCatalog
package import DemetraTypes
package import DemetraVectors

/// A condition that zone maps can refute; columns are positions in the table.
package enum PruningTerm: Sendable {
    /// `column op value`.
    case compare(column: Int, ComparisonOperator, Value)
    /// `column IN (values)`.
    case isMember(column: Int, [Value])
    /// `column IS NULL`.
    case isNull(column: Int)
    /// `column IS NOT NULL`.
    case isNotNull(column: Int)
}

/// Proves that a row group cannot contain a row for which a conjunction is true.
///
/// Evaluates the terms over intervals instead of values: `spend > 100` is never true where the zone map
/// says `spend in [0, 80]`, so the row group is skipped without a read. A missing statistic counts as "may
/// match": only a definite *never* prunes.
///
///     term                 zone map                 verdict
///     ts >= '2026-03-01'   ts in [01-01, 02-28]     never   -> pruned
///     reach > 500          no statistics            maybe   -> read
///     country IS NULL      nullCount = 0            never   -> pruned
///
/// - Invariant: pruning never changes a result.
/// - Complexity: O(terms) per row group; no allocation.
/// - Source: Moerkotte, "Small Materialized Aggregates", VLDB 1998.
package struct PruningPredicate: Sendable {
    private let terms: [PruningTerm]

    /// The conjunction of these terms.
    package init(terms: [PruningTerm]) { self.terms = terms }

    /// False when no row of the group can pass.
    package func mayMatch(_ zoneMap: (Int) -> ZoneMap) -> Bool {
        terms.allSatisfy { mayMatch($0, zoneMap) }
    }

    /// False when no row of the group can pass, as its bloom filters say; asked after the zone maps.
    func mayContain(_ group: RowGroup, _ definition: TableDefinition) -> Bool {
        terms.allSatisfy { term in
            switch term {
            case .compare(let column, .equal, let value):
                mayContain(value, column, group, definition)
            case .isMember(let column, let values):
                values.count > Self.filteredValues
                    || values.contains { mayContain($0, column, group, definition) }
            default: true
            }
        }
    }

    /// Of more values than these some is taken to be there.
    private static let filteredValues = 32

    private func mayContain(
        _ value: Value, _ column: Int, _ group: RowGroup, _ definition: TableDefinition
    ) -> Bool {
        guard let hash = KeyHash.hash(value, type: definition.columns[column].type) else {
            return true
        }
        return group.mayContain(hash, column: column)
    }

    private func mayMatch(_ term: PruningTerm, _ zoneMap: (Int) -> ZoneMap) -> Bool {
        switch term {
        case .compare(let column, let comparison, let value):
            return mayMatch(zoneMap(column), comparison, value)
        case .isMember(let column, let values):
            let map = zoneMap(column)
            return values.contains { mayMatch(map, .equal, $0) }
        case .isNull(let column):
            let map = zoneMap(column)
            return !map.isKnown || map.nullCount > 0
        case .isNotNull(let column): return !zoneMap(column).isAllNull
        }
    }

    private func mayMatch(
        _ map: ZoneMap, _ comparison: ComparisonOperator, _ value: Value
    ) -> Bool {
        if map.isAllNull { return false }
        guard let low = map.minimum, let high = map.maximum, ZoneOrder.areComparable(low, value)
        else { return true }
        switch comparison {
        case .equal:
            return ZoneOrder.compare(low, value) <= 0 && ZoneOrder.compare(value, high) <= 0
        case .notEqual:
            return ZoneOrder.compare(low, value) != 0 || ZoneOrder.compare(high, value) != 0
        case .less: return ZoneOrder.compare(low, value) < 0
        case .lessOrEqual: return ZoneOrder.compare(low, value) <= 0
        case .greater: return ZoneOrder.compare(high, value) > 0
        case .greaterOrEqual: return ZoneOrder.compare(high, value) >= 0
        }
    }
}
