import DemetraCatalog
import DemetraSQL
import DemetraTypes

/// What stored queries and metrics need of a table that is about to change.
struct DependentObjects {
    let binder: Binder
    let old: TableDefinition
    let new: TableDefinition
    /// CASCADE: what breaks is dropped.
    let cascades: Bool

    /// A view, metric or alert.
    struct Reader {
        let kind: String
        let name: String
        let drop: CatalogChange
        let bind: (Binder) throws(DemetraError) -> Void

        var text: String { "\(kind) \"\(name)\"" }
    }

    /// What breaks and may go.
    ///
    /// - Throws: 2BP01 naming what could no longer be run, without CASCADE.
    func broken() throws(DemetraError) -> [Reader] {
        let before = binder.catalog
        var after = before
        if new.id != old.id { after = after.applying(.dropTable(old.id)) }
        after = after.applying(.putTable(new))
        var rest = Self.readers(before).filter { failure($0, before) == nil }
        var result: [Reader] = []
        // What goes may break others, until nothing more breaks.
        while let index = rest.firstIndex(where: { failure($0, after) != nil }) {
            let reader = rest.remove(at: index)
            guard cascades else { throw refusal(reader, failure(reader, after)) }
            result.append(reader)
            after = after.applying(reader.drop)
        }
        return result
    }

    private static func readers(_ catalog: Catalog) -> [Reader] {
        let views = catalog.views.keys.sorted().map { name in
            Reader(kind: "view", name: name, drop: .dropView(name)) { binder throws(DemetraError) in
                let quoted = name.split(separator: "\"", omittingEmptySubsequences: false)
                    .joined(separator: "\"\"")
                let query = try SQLParser.parseQuery("SELECT * FROM \"\(quoted)\"")
                _ = try binder.bindQuery(query, outer: nil)
            }
        }
        // A metric without ON is of no table in particular.
        let metrics = catalog.metrics.values.filter { $0.relation != nil }
            .sorted { $0.name < $1.name }.map { metric in
                Reader(kind: "metric", name: metric.name, drop: .dropMetric(metric.name)) {
                    binder throws(DemetraError) in
                    try MetricChecker(binder: binder, metric: metric).check()
                }
            }
        let alerts = catalog.alerts.values.sorted { $0.name < $1.name }.map { alert in
            Reader(kind: "alert", name: alert.name, drop: .dropAlert(alert.name)) {
                binder throws(DemetraError) in
                _ = try binder.bindAlert(alert)
            }
        }
        return views + metrics + alerts
    }

    private func failure(_ reader: Reader, _ catalog: Catalog) -> DemetraError? {
        do throws(DemetraError) {
            try reader.bind(
                Binder(catalog: catalog, functions: binder.functions, folder: binder.folder))
            return nil
        } catch {
            return error
        }
    }

    private func refusal(_ reader: Reader, _ failure: DemetraError?) -> DemetraError {
        DemetraError(
            .dependentObjectsStillExist,
            "table \"\(old.name)\" cannot be changed so because \(reader.text) depends on it",
            detail: failure.map { "\(reader.text): \($0.message)." },
            hint:
                "Drop the \(reader.kind) first, and create it anew afterwards. DROP COLUMN ... CASCADE drops it "
                + "with the column.")
    }
}
