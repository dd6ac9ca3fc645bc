import DemetraCatalog
import DemetraSQL
import DemetraTypes

/// Something that views, metrics and rules can read.
enum CatalogObject: Sendable, Hashable {
    /// A table or view.
    case relation(RelationName)
    case metric(String)
}

/// Something that reads others, and goes with them.
struct Dependent {
    let kind: DropStatement.Kind
    let name: String
    let drop: CatalogChange
    /// What others can read it as.
    let object: CatalogObject?
    let uses: Set<CatalogObject>

    var text: String { "\(kind.rawValue) \"\(name)\"" }
}

extension Binder {
    /// What else goes with the objects a DROP ... CASCADE names.
    ///
    /// What a view, metric or rule reads is found by binding it; one that no longer binds counts with what it
    /// named up to its error.
    ///
    /// - Throws: 2BP01 without CASCADE when there is anything.
    func dependents(
        of statement: DropStatement, _ changes: [CatalogChange]
    ) throws(DemetraError) -> [Dependent] {
        let found = readers(of: changes)
        if statement.cascade || found.isEmpty { return found }
        let names = statement.names.map { "\"\($0.last.name)\"" }.joined(separator: ", ")
        throw DemetraError(
            .dependentObjectsStillExist,
            "cannot drop \(statement.kind.rawValue) \(names) because other objects depend on it",
            detail: found.map { "\($0.text) depends on it" }.joined(separator: "\n"),
            hint: "Use DROP ... CASCADE to drop the dependent objects too."
        ).at(statement.names[0].range)
    }

    /// What reads something that changes take away, directly or not, and does not go with them.
    func readers(of changes: [CatalogChange]) -> [Dependent] {
        var dropped = Set(changes.compactMap { object($0) })
        guard !dropped.isEmpty else { return [] }
        var readers = readers().filter { !changes.contains($0.drop) }
        var found: [Dependent] = []
        // What reads something that goes, goes too; until nothing more does.
        while let index = readers.firstIndex(where: { !$0.uses.isDisjoint(with: dropped) }) {
            let reader = readers.remove(at: index)
            if let object = reader.object { dropped.insert(object) }
            found.append(reader)
        }
        return found
    }

    private func object(_ change: CatalogChange) -> CatalogObject? {
        switch change {
        case .dropTable(let id): catalog.table(id: id).map { .relation($0.qualifiedName) }
        case .dropView(let name): .relation(name)
        case .dropMetric(let name): .metric(name)
        default: nil
        }
    }

    /// What reads one of these objects directly.
    func readers(of objects: Set<CatalogObject>) -> [Dependent] {
        readers().filter { !$0.uses.isDisjoint(with: objects) }
    }

    private func readers() -> [Dependent] {
        let views = catalog.views.values.sorted { $0.qualifiedName < $1.qualifiedName }.map {
            view in
            Dependent(
                kind: .view, name: view.qualifiedName.text, drop: .dropView(view.qualifiedName),
                object: .relation(view.qualifiedName),
                uses: uses { binder throws(DemetraError) in
                    _ = try binder.bindQuery(try SQLParser.parseQuery(view.query), outer: nil)
                })
        }
        let metrics = catalog.metrics.values.sorted { $0.name < $1.name }.map { metric in
            Dependent(
                kind: .metric, name: metric.name, drop: .dropMetric(metric.name),
                object: .metric(metric.name),
                uses: uses { binder throws(DemetraError) in
                    try MetricChecker(binder: binder, metric: metric).check()
                })
        }
        let alerts = catalog.alerts.values.sorted { $0.name < $1.name }.map { alert in
            Dependent(
                kind: .alert, name: alert.name, drop: .dropAlert(alert.name),
                object: nil,
                uses: uses { binder throws(DemetraError) in _ = try binder.bindAlert(alert) })
        }
        return views + metrics + alerts
    }

    private func uses(_ bind: (Binder) throws(DemetraError) -> Void) -> Set<CatalogObject> {
        let binder = Binder(
            catalog: catalog, functions: functions, folder: folder, path: path.stored)
        try? bind(binder)
        return binder.usedObjects
    }
}
