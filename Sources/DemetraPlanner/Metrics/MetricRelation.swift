import DemetraCatalog
import DemetraSQL
import DemetraTypes

/// Finds the relation of FROM that a metric is computed from.
///
/// The one that is named before the dot; else the one that ON names, if FROM has it; else the only one that has
/// all columns of the metric. Where no single relation has them, each column is looked up by its name.
struct MetricRelation {
    /// What was found.
    struct Choice {
        let definition: MetricDefinition
        /// What the columns of the expression mean.
        let scope: Scope
        /// Columns of the relation; nil when it may use all of FROM.
        let columns: Set<ColumnIdentifier>?
    }

    let binder: Binder
    let reference: MetricReference
    let scope: Scope

    /// The first definition whose columns are all there.
    ///
    /// - Throws: 42703 for a missing column, 42702 when several relations could be meant, 42P01 for an unknown
    ///   relation.
    func choose(_ definitions: [MetricDefinition]) throws(DemetraError) -> Choice {
        var failure: DemetraError?
        for definition in definitions {
            do throws(DemetraError) {
                return try choose(definition)
            } catch {
                if failure == nil { failure = error }
            }
        }
        throw failure ?? binder.undefinedMetric(reference.name, reference.range)
    }

    private func choose(_ definition: MetricDefinition) throws(DemetraError) -> Choice {
        let parts = try binder.metricParts(definition)
        var relations = scope.relations
        var isNamed = false
        if let name = reference.relation {
            relations = relations.filter { $0.name == name.name }
            guard !relations.isEmpty else {
                throw DemetraError(
                    .undefinedTable, "missing FROM-clause entry for table \"\(name.name)\"",
                    hint: NearestName.find(
                        name.name, among: scope.relations.compactMap(\.name)
                    ).map { "Perhaps you meant \"\($0)\"." }
                ).at(name.range)
            }
            isNamed = true
        } else if let source = definition.relation {
            let matching = relations.filter { $0.source == source }
            if !matching.isEmpty {
                relations = matching
                isNamed = true
            }
        }
        if parts.columns.isEmpty, !isNamed, scope.relations.count != 1 {
            return Choice(definition: definition, scope: whole(relations), columns: nil)
        }
        let fitting = relations.filter { relation in parts.columns.allSatisfy { has(relation, $0) }
        }
        if fitting.count == 1 { return choice(definition, fitting[0]) }
        if fitting.count > 1 { throw ambiguous(definition, fitting) }
        if relations.count == 1 || isNamed {
            throw missing(definition, parts, relations)
        }
        return try byName(definition, parts, relations)
    }

    private func choice(_ definition: MetricDefinition, _ relation: ScopeRelation) -> Choice {
        Choice(
            definition: definition, scope: whole([relation]),
            columns: Set(relation.columns.map(\.column.id)))
    }

    /// A scope of these relations alone; what USING hides is theirs again.
    private func whole(_ relations: [ScopeRelation]) -> Scope {
        let result = Scope(parent: nil)
        result.relations = relations
        if relations.count == 1 {
            for index in relations[0].columns.indices {
                result.relations[0].columns[index].isHidden = false
            }
        }
        return result
    }

    private func has(_ relation: ScopeRelation, _ path: [Identifier]) -> Bool {
        let name = path[path.count - 1].name
        if path.count > 1, path[path.count - 2].name != relation.name { return false }
        return relation.columns.contains { $0.name == name }
    }

    /// Columns of several relations: each must be found once.
    private func byName(
        _ definition: MetricDefinition, _ parts: MetricParts, _ relations: [ScopeRelation]
    ) throws(DemetraError) -> Choice {
        let scope = whole(relations)
        for path in parts.columns {
            let relation = path.count > 1 ? path[path.count - 2].name : nil
            if case .missing = scope.lookUp(path[path.count - 1].name, relation: relation) {
                throw missing(definition, parts, relations)
            }
        }
        return Choice(definition: definition, scope: scope, columns: nil)
    }

    private func missing(
        _ definition: MetricDefinition, _ parts: MetricParts, _ relations: [ScopeRelation]
    ) -> DemetraError {
        let path = parts.columns.first { path in !relations.contains { has($0, path) } }
        let name = (path ?? parts.columns.first)?.map(\.name).joined(separator: ".") ?? "?"
        let isBuiltIn = binder.catalog.metrics[definition.name] == nil
        let columns = parts.columns.map { "\"\($0[$0.count - 1].name)\"" }.joined(separator: ", ")
        let kind = isBuiltIn ? "built-in metric" : "metric"
        let nearest = path?.last.flatMap { binder.suggestion($0.name, scope, orOneOf: []) }
        return DemetraError(
            .undefinedColumn,
            "column \"\(name)\" does not exist, needed by \(kind) \"\(definition.name)\"",
            detail: "The metric is \(definition.expression).",
            hint: isBuiltIn
                ? "It is for relations with the columns \(columns); for others use CREATE METRIC "
                    + "\(definition.name) AS ..."
                : nearest ?? "Name a relation that has the columns \(columns) in FROM."
        ).at(reference.range)
    }

    private func ambiguous(
        _ definition: MetricDefinition, _ relations: [ScopeRelation]
    ) -> DemetraError {
        let names = relations.compactMap(\.name)
        return DemetraError(
            .ambiguousColumn, "metric \"\(definition.name)\" is ambiguous",
            detail: "Its columns are in \(names.map { "\"\($0)\"" }.joined(separator: " and ")).",
            hint: "Write the relation before it, as in \(names.first ?? "t").\(definition.name)."
        ).at(reference.range)
    }
}
