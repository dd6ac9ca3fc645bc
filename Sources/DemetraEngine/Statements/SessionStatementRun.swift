import DemetraCatalog
import DemetraPlanner
import DemetraSQL
import DemetraStorage
import DemetraTypes
import DemetraVectors
import Synchronization

/// SET, SHOW, RESET and what else a session answers by itself.
struct SessionStatementRun {
    let run: StatementRun

    func execute(_ statement: Statement) throws(DemetraError) {
        let session = run.session
        switch statement {
        case .set(let name, let values, let isLocal):
            let value = values.map { SessionSettings.text(of: $0, for: name.text) }
            if isLocal {
                try session.setLocally(name.text, value, run.output)
            } else {
                try session.set(name.text, value)
            }
            try run.output.finish(tag: "SET")
        case .show(let name): try show(name)
        case .reset(let name):
            if let name { try session.set(name.text, nil) } else { session.resetSettings() }
            try run.output.finish(tag: "RESET")
        case .checkpoint:
            try session.refuseWritingToFiles("CHECKPOINT")
            try run.engine.store.flush()
            try run.output.finish(tag: "CHECKPOINT")
        case .backup(let path):
            try session.refuseInTransaction("BACKUP DATABASE")
            try session.requireFiles("back up the database")
            try session.refuseWritingToFiles("BACKUP DATABASE")
            try run.engine.store.backup(to: path)
            try run.output.finish(tag: "BACKUP")
        case .discard(let what): try discard(what)
        case .declareCursor(let declare): try CursorRun(run: run).declare(declare)
        case .fetch(let fetch): try CursorRun(run: run).fetch(fetch)
        case .closeCursor(let name): try CursorRun(run: run).close(name)
        case .listen(let name):
            try session.perform(.listen(name.name))
            try run.output.finish(tag: "LISTEN")
        case .unlisten(let name):
            try session.perform(.unlisten(name?.name))
            try run.output.finish(tag: "UNLISTEN")
        case .notify(let name, let payload):
            try session.perform(.notify(name.name, payload: payload))
            try run.output.finish(tag: "NOTIFY")
        case .deallocate(let name):
            try session.prepared.remove(name)
            try run.output.finish(tag: name == nil ? "DEALLOCATE ALL" : "DEALLOCATE")
        case .prepare(let name, let types, let statement):
            let highest = SQLParser.highestParameter(in: run.text, statement.range)
            try session.prepared.add(
                PreparedStatement(
                    statement: statement, text: run.text, types: types,
                    parameterCount: max(highest, types.count)), as: name)
            try run.output.finish(tag: "PREPARE")
        case .execute(let name, let arguments): try executePrepared(name, arguments)
        default:
            throw DemetraError(.featureNotSupported, "this statement is not supported")
        }
    }

    private func discard(_ what: Statement.Discarded) throws(DemetraError) {
        let session = run.session
        switch what {
        case .all:
            try session.refuseInTransaction("DISCARD ALL")
            session.state.settings.withLock { $0.reset(withRole: true) }
            try session.prepared.remove(nil)
            session.portals.withLock { $0.removeAll() }
            try session.perform(.unlisten(nil))
            try session.dropTemporaryTables()
            session.sequenceValues.withLock { $0 = SequenceValues() }
            try run.output.finish(tag: "DISCARD ALL")
        case .temporary:
            try session.dropTemporaryTables()
            try run.output.finish(tag: "DISCARD TEMP")
        // Plans that are kept are never out of date.
        case .plans: try run.output.finish(tag: "DISCARD PLANS")
        case .sequences:
            session.sequenceValues.withLock { $0 = SequenceValues() }
            try run.output.finish(tag: "DISCARD SEQUENCES")
        }
    }

    private func executePrepared(
        _ name: Identifier, _ arguments: [Expression]
    ) throws(DemetraError) {
        let prepared = try run.session.prepared.statement(name)
        guard let statement = prepared.statement else { return try run.output.finish(tag: "") }
        guard arguments.count == prepared.parameterCount else {
            throw DemetraError(
                .syntaxError,
                "wrong number of parameters for prepared statement \"\(name.name)\"",
                detail: "Expected \(prepared.parameterCount) parameters but got \(arguments.count)."
            ).at(name.range)
        }
        let snapshot = run.session.snapshot
        let binder = run.session.makeBinder(snapshot, Folder(context: run.context(snapshot)))
        let bound = try binder.bindExecution(
            statement, text: prepared.text, types: prepared.types, arguments: arguments)
        try run.execute(bound, snapshot)
    }

    /// The relation of the system whose rows SHOW gives.
    static func relation(shown name: String) -> String? {
        switch name {
        case "metrics": "demetra_metrics"
        case "models": "demetra_models"
        default: nil
        }
    }

    /// The columns of SHOW, all of them text, where it shows no relation.
    static func columns(shown name: String) -> [String] {
        switch name {
        case "tables": ["name", "type"]
        case "alerts": ["name", "severity", "condition"]
        case "all": ["name", "setting"]
        default: [SessionSettings.shownName(name)]
        }
    }

    private func show(_ name: ObjectName) throws(DemetraError) {
        if let relation = Self.relation(shown: name.text) { return try showRelation(relation) }
        let catalog = run.session.snapshot.catalog
        let columns = Self.columns(shown: name.text)
        switch name.text {
        case "tables":
            let session = run.session
            let rows =
                catalog.tables.keys.filter { session.isOwn($0) }.map { [$0.text, "table"] }
                + catalog.views.keys.filter { session.isOwn($0) }.map { [$0.text, "view"] }
            try answer(columns, rows)
        case "alerts":
            try answer(
                columns,
                catalog.alerts.values.map { [$0.name, $0.severity.rawValue, $0.condition] })
        case "all":
            var rows: [[String]] = []
            for name in SessionSettings.names {
                rows.append([name, try run.session.setting(name)])
            }
            try answer(columns, rows)
        default:
            let value: String
            do throws(DemetraError) {
                value = try run.session.setting(name.text)
            } catch {
                guard error.sqlState == .undefinedObject else { throw error }
                throw ShownNames.unknown(name, error)
            }
            try answer(columns, [[value]])
        }
    }

    /// What a relation of the system says.
    private func showRelation(_ name: String) throws(DemetraError) {
        let snapshot = run.session.snapshot
        let statements = try SQLParser.parse("SELECT * FROM \(name)")
        let binder = run.session.makeBinder(snapshot)
        for statement in statements {
            try run.execute(
                try binder.bind(statement, text: "", parameters: []), snapshot)
        }
    }

    private func answer(_ names: [String], _ rows: [[String]]) throws(DemetraError) {
        let sorted = rows.sorted { $0.lexicographicallyPrecedes($1) }
        try run.output.begin(Schema(names.map { Field(name: $0, type: .text) }))
        let vectors = names.indices.map { column in
            Vector(sorted.map { .text($0[column]) }, type: .text)
        }
        if !sorted.isEmpty { try run.output.rows(Batch(vectors, count: sorted.count)) }
        try run.output.finish(tag: "SHOW")
    }
}
