import DemetraFunctions
import DemetraSQL

/// Says before a SELECT is bound whether it has groups: what OVER behind a metric means depends on it.
struct GroupedQueryTest {
    let binder: Binder
    let scope: Scope

    func isGrouped(_ core: SelectCore, _ query: Query) -> Bool {
        if core.groupBy != nil || core.groupsByAll || core.having != nil { return true }
        var expressions: [Expression] = []
        var names: Set<String> = []
        for item in core.items {
            switch item {
            case .expression(let expression, let alias):
                expressions.append(expression)
                names.insert(alias?.name ?? OutputName.of(expression))
            case .star(_, _, let replaced, _): expressions += replaced.map { $0.0 }
            }
        }
        if expressions.contains(where: { hasAggregate($0) }) { return true }
        // A name that the SELECT list gives is what stands there.
        let others = [core.qualify].compactMap { $0 } + query.orderBy.map(\.expression)
        return others.contains { hasAggregate($0, except: names) }
    }

    /// Whether an expression is computed from groups.
    func hasAggregate(_ expression: Expression, except names: Set<String> = []) -> Bool {
        switch expression.node {
        case .column(let path):
            let name = path[path.count - 1].name
            let relation = path.count > 1 ? path[path.count - 2].name : nil
            guard relation != nil || !names.contains(name),
                !binder.metricDefinitions(name).isEmpty,
                case .missing = scope.lookUp(name, relation: relation)
            else { return false }
            return relation == nil || scope.relations.contains { $0.name == relation }
        case .call(let call):
            if call.over != nil {
                // Behind OVER the aggregates are the ones inside: sum(sum(x)) OVER ().
                if call.name.text == FunctionCall.metricName {
                    return call.children.dropFirst().contains { hasAggregate($0, except: names) }
                }
                return call.children.contains { hasAggregate($0, except: names) }
            }
            if call.name.text == FunctionCall.metricName { return true }
            if binder.functions.aggregates[call.name.last.name] != nil { return true }
            if !call.withinGroup.isEmpty { return true }
            return call.children.contains { hasAggregate($0, except: names) }
        default: return expression.children.contains { hasAggregate($0, except: names) }
        }
    }
}
