import DemetraCatalog
import DemetraSQL
import DemetraTypes

/// What stored queries and metrics need of a table that is about to change.
struct DependentObjects {
    let binder: Binder
    /// What is changed, such as `table "t"`.
    let title: String
    /// The catalog as it will be.
    let after: Catalog
    /// Tables and views that have other names then.
    var moves: [RelationName: RelationName] = [:]
    /// CASCADE: what breaks is dropped.
    let cascades: Bool

    /// A view, metric or alert.
    struct Reader {
        let kind: String
        let name: String
        let drop: CatalogChange
        /// Binds it under the catalog as it is, or as it will be.
        let bind: (Binder, _ isAfter: Bool) throws(DemetraError) -> Void

        var text: String { "\(kind) \"\(name)\"" }
    }

    /// A notice that says what goes along, behind another one.
    ///
    /// - Parameter dropped: kinds and names, such as `view "v"`.
    static func notice(_ before: String?, cascadingTo dropped: [String]) -> String? {
        guard !dropped.isEmpty else { return before }
        return (before.map { $0 + "\n" } ?? "")
            + "drop cascades to \(dropped.joined(separator: ", "))"
    }

    /// What breaks and may go.
    ///
    /// - Throws: 2BP01 naming what could no longer be run, without CASCADE.
    func broken() throws(DemetraError) -> [Reader] {
        let before = binder.catalog
        var after = after
        var rest = readers(before).filter { failure($0, before, isAfter: false) == nil }
        var result: [Reader] = []
        // What goes may break others, until nothing more breaks.
        while let index = rest.firstIndex(where: { failure($0, after, isAfter: true) != nil }) {
            let reader = rest.remove(at: index)
            guard cascades else { throw refusal(reader, failure(reader, after, isAfter: true)) }
            result.append(reader)
            after = after.applying(reader.drop)
        }
        return result
    }

    private func readers(_ catalog: Catalog) -> [Reader] {
        let views = catalog.views.keys.sorted().map { name in
            Reader(kind: "view", name: name.text, drop: .dropView(name)) {
                (binder, isAfter) throws(DemetraError) in
                let shown = isAfter ? moves[name] ?? name : name
                let query = try SQLParser.parseQuery("SELECT * FROM \(shown.quoted)")
                _ = try binder.bindQuery(query, outer: nil)
            }
        }
        // A metric without ON is of no table in particular.
        let metrics = catalog.metrics.values.filter { $0.relation != nil }
            .sorted { $0.name < $1.name }.map { metric in
                Reader(kind: "metric", name: metric.name, drop: .dropMetric(metric.name)) {
                    (binder, _) throws(DemetraError) in
                    let metric = binder.catalog.metrics[metric.name] ?? metric
                    try MetricChecker(binder: binder, metric: metric).check()
                }
            }
        let alerts = catalog.alerts.values.sorted { $0.name < $1.name }.map { alert in
            Reader(kind: "alert", name: alert.name, drop: .dropAlert(alert.name)) {
                (binder, _) throws(DemetraError) in
                _ = try binder.bindAlert(alert)
            }
        }
        return views + metrics + alerts
    }

    /// The first view, metric or alert that can be bound before the change and not after it.
    func firstBroken() -> (reader: Reader, failure: DemetraError)? {
        for reader in readers(binder.catalog)
        where failure(reader, binder.catalog, isAfter: false) == nil {
            if let failure = failure(reader, after, isAfter: true) { return (reader, failure) }
        }
        return nil
    }

    private func failure(
        _ reader: Reader, _ catalog: Catalog, isAfter: Bool
    ) -> DemetraError? {
        do throws(DemetraError) {
            try reader.bind(
                Binder(
                    catalog: catalog, functions: binder.functions, folder: binder.folder,
                    path: binder.path.stored), isAfter)
            return nil
        } catch {
            return error
        }
    }

    private func refusal(_ reader: Reader, _ failure: DemetraError?) -> DemetraError {
        DemetraError(
            .dependentObjectsStillExist,
            "\(title) cannot be changed so because \(reader.text) depends on it",
            detail: failure.map { "\(reader.text): \($0.message)." },
            hint:
                "Drop the \(reader.kind) first, and create it anew afterwards. DROP COLUMN ... CASCADE drops it "
                + "with the column.")
    }
}
