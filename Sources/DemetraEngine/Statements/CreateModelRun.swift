import DemetraCatalog
import DemetraFunctions
import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors

/// CREATE MODEL and ALTER MODEL ... RETRAIN: rows, training, one commit.
///
/// Until that commit, readers ask the model that was there before.
struct CreateModelRun {
    let run: StatementRun
    let snapshot: Snapshot

    func execute(_ statement: BoundCreateModel) throws(DemetraError) {
        guard let trainer = run.engine.functions.modelTrainer else {
            throw DemetraError(.featureNotSupported, "CREATE MODEL is not supported here")
        }
        let rows = try run.collect(statement.plan, snapshot)
        let columns = statement.plan.columns
        let trained = try trainer.train(
            statement.request,
            schema: Schema(columns.map { Field(name: $0.name, type: $0.type) }),
            batches: rows.batches, context: run.context(snapshot).evaluation)
        // Training takes a while: the catalog may have changed meanwhile.
        let current = run.session.snapshot
        try check(statement, current.catalog)
        var transaction = WriteTransaction(snapshot: current)
        var model = ModelDefinition(
            name: trained.model.name, kind: trained.model.kind, statement: statement.text,
            payload: trained.model.payload)
        model.access = current.catalog.models[model.name]?.access ?? statement.access
        transaction.change(.putModel(model))
        try run.commit(transaction)
        run.engine.refresher.modelsChanged()
        for notice in trained.notices { run.output.notice(notice) }
        try run.output.finish(
            tag: statement.replacing == .existing ? "ALTER MODEL" : "CREATE MODEL")
    }

    private func check(
        _ statement: BoundCreateModel, _ catalog: Catalog
    ) throws(DemetraError) {
        let name = statement.request.name
        let exists = catalog.models[name] != nil
        if statement.replacing == .nothing, exists {
            throw DemetraError(
                .duplicateObject, "model \"\(name)\" already exists",
                detail: "It was created while this one was trained.")
        }
        if statement.replacing == .existing, !exists {
            throw DemetraError(
                .undefinedObject, "model \"\(name)\" does not exist",
                detail: "It was dropped while it was trained again.")
        }
    }
}
