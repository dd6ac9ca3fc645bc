/// SELECT and its clauses.
enum SelectPrinter {
    static func text(_ core: SelectCore) -> String {
        var result = "SELECT"
        if let distinct = core.distinctOn {
            result += " DISTINCT"
            if !distinct.isEmpty { result += " ON (\(ExpressionPrinter.list(distinct)))" }
        }
        if !core.items.isEmpty { result += " " + items(core.items) }
        if !core.from.isEmpty { result += " FROM " + TablePrinter.list(core.from) }
        result += ExpressionPrinter.clause("WHERE", core.whereCondition)
        if let latest = core.latest {
            result += " LATEST BY " + ExpressionPrinter.list(latest.keys)
            result += ExpressionPrinter.clause("ON", latest.time)
        }
        if core.groupsByAll { result += " GROUP BY ALL" }
        if let groups = core.groupBy {
            result += " GROUP BY " + groups.map { grouping($0) }.joined(separator: ", ")
        }
        result += ExpressionPrinter.clause("HAVING", core.having)
        if !core.windows.isEmpty {
            let windows = core.windows.map {
                NamePrinter.text($0.name) + " AS " + CallPrinter.text($0.specification)
            }
            result += " WINDOW " + windows.joined(separator: ", ")
        }
        return result + ExpressionPrinter.clause("QUALIFY", core.qualify)
    }

    /// A SELECT list.
    static func items(_ items: [SelectItem]) -> String {
        items.map { item($0) }.joined(separator: ", ")
    }

    /// ` RETURNING ...`, or nothing.
    static func returning(_ items: [SelectItem]) -> String {
        items.isEmpty ? "" : " RETURNING " + self.items(items)
    }

    private static func item(_ item: SelectItem) -> String {
        switch item {
        case .expression(let expression, let alias):
            return ExpressionPrinter.text(expression)
                + (alias.map { " AS " + NamePrinter.text($0) } ?? "")
        case .star(let qualifier, let exclude, let replace, _):
            var result = (qualifier.map { NamePrinter.text($0) + "." } ?? "") + "*"
            if !exclude.isEmpty { result += " EXCLUDE (\(NamePrinter.list(exclude)))" }
            if !replace.isEmpty {
                let list = replace.map {
                    ExpressionPrinter.text($0.0) + " AS " + NamePrinter.text($0.1)
                }
                result += " REPLACE (\(list.joined(separator: ", ")))"
            }
            return result
        }
    }

    private static func grouping(_ element: GroupingElement) -> String {
        switch element {
        case .expression(let expression): return ExpressionPrinter.text(expression)
        case .rollup(let sets, _): return "ROLLUP (\(self.sets(sets)))"
        case .cube(let sets, _): return "CUBE (\(self.sets(sets)))"
        case .sets(let elements, _):
            let list = elements.map { grouping($0) }.joined(separator: ", ")
            return "GROUPING SETS (\(list))"
        case .set(let members, _): return members.isEmpty ? "()" : PrimaryPrinter.row(members)
        }
    }

    /// The sets of ROLLUP and CUBE: one expression is a set of it, unless it is a row.
    private static func sets(_ sets: [[Expression]]) -> String {
        let list = sets.map { members in
            guard members.count == 1 else { return PrimaryPrinter.row(members) }
            if case .row = members[0].node { return PrimaryPrinter.row(members) }
            return ExpressionPrinter.text(members[0])
        }
        return list.joined(separator: ", ")
    }
}
