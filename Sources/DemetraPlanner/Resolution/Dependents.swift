import DemetraCatalog
import DemetraSQL
import DemetraTypes

/// Something that views, metrics and rules can read.
enum CatalogObject: Sendable, Hashable {
    /// A table or view.
    case relation(String)
    case metric(String)
}

/// Something that reads others, and goes with them.
struct Dependent {
    let kind: DropStatement.Kind
    let name: String
    let drop: CatalogChange
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
        var dropped = Set(statement.names.compactMap { Self.object(statement.kind, $0.last.name) })
        guard !dropped.isEmpty, !changes.isEmpty else { return [] }
        var readers = readers().filter { !changes.contains($0.drop) }
        var found: [Dependent] = []
        // What reads something that goes, goes too; until nothing more does.
        while let index = readers.firstIndex(where: { !$0.uses.isDisjoint(with: dropped) }) {
            let reader = readers.remove(at: index)
            if let object = Self.object(reader.kind, reader.name) { dropped.insert(object) }
            found.append(reader)
        }
        if statement.cascade || found.isEmpty { return found }
        let names = statement.names.map { "\"\($0.last.name)\"" }.joined(separator: ", ")
        throw DemetraError(
            .dependentObjectsStillExist,
            "cannot drop \(statement.kind.rawValue) \(names) because other objects depend on it",
            detail: found.map { "\($0.text) depends on it" }.joined(separator: "\n"),
            hint: "Use DROP ... CASCADE to drop the dependent objects too."
        ).at(statement.names[0].range)
    }

    private static func object(_ kind: DropStatement.Kind, _ name: String) -> CatalogObject? {
        switch kind {
        case .table, .view: .relation(name)
        case .metric: .metric(name)
        case .alert, .model, .index: nil
        }
    }

    /// What reads one of these objects directly.
    func readers(of objects: Set<CatalogObject>) -> [Dependent] {
        readers().filter { !$0.uses.isDisjoint(with: objects) }
    }

    private func readers() -> [Dependent] {
        let views = catalog.views.values.sorted { $0.name < $1.name }.map { view in
            Dependent(
                kind: .view, name: view.name, drop: .dropView(view.name),
                uses: uses { binder throws(DemetraError) in
                    _ = try binder.bindQuery(try SQLParser.parseQuery(view.query), outer: nil)
                })
        }
        let metrics = catalog.metrics.values.sorted { $0.name < $1.name }.map { metric in
            Dependent(
                kind: .metric, name: metric.name, drop: .dropMetric(metric.name),
                uses: uses { binder throws(DemetraError) in
                    try MetricChecker(binder: binder, metric: metric).check()
                })
        }
        let alerts = catalog.alerts.values.sorted { $0.name < $1.name }.map { alert in
            Dependent(
                kind: .alert, name: alert.name, drop: .dropAlert(alert.name),
                uses: uses { binder throws(DemetraError) in _ = try binder.bindAlert(alert) })
        }
        return views + metrics + alerts
    }

    private func uses(_ bind: (Binder) throws(DemetraError) -> Void) -> Set<CatalogObject> {
        let binder = Binder(catalog: catalog, functions: functions, folder: folder)
        try? bind(binder)
        return binder.usedObjects
    }
}
