package import DemetraFunctions
package import DemetraTypes
package import DemetraVectors

/// CREATE MODEL for predictions of a number, or of the probability that something is true.
package struct ROIModelTrainer: ModelTrainer {
    /// The kind of the models that PREDICT_ROI takes when none is named so.
    package static let kind = ModelTask.regression.text

    /// Makes it.
    package init() {}

    /// Checks columns and options.
    package func check(_ request: ModelRequest, schema: Schema) throws(DemetraError) {
        let options = try options(request)
        let index = try RelationColumns.index(of: request.target, in: schema)
        try TrainingTable.checkTarget(schema.fields[index], options.task)
        for name in [request.id, request.time, request.group] {
            if let name { _ = try RelationColumns.index(of: name, in: schema) }
        }
        for name in options.exclude { _ = try RelationColumns.index(of: name, in: schema) }
        if let time = request.time {
            let type = schema.fields[try RelationColumns.index(of: time, in: schema)].type
            guard type.isDateTime || type.isInteger else {
                throw DemetraError(
                    .datatypeMismatch,
                    "time column \"\(time)\" must be a date or timestamp, but is of type \(type)")
            }
        }
    }

    /// Trains on the rows whose target is known.
    package func train(
        _ request: ModelRequest, schema: Schema, batches: [Batch], context: EvaluationContext
    ) throws(DemetraError) -> TrainedModel {
        let model = try ROIModel.train(
            schema: schema, batches: batches, target: request.target,
            options: try options(request), trainedAt: context.statementTime,
            cancellation: context.cancellation, workers: context.workers)
        return TrainedModel(
            model: StoredModel(
                name: request.name, kind: model.task.text, payload: model.encoded()),
            notices: model.notice.isEmpty
                ? [] : [Notice("model \"\(request.name)\": \(model.notice)")])
    }

    /// By its option `refresh`.
    package func schedule(of model: StoredModel) -> ModelSchedule? {
        ROIModel.schedule(encoded: model.payload)
    }

    private func options(_ request: ModelRequest) throws(DemetraError) -> ROIModelOptions {
        var options = ROIModelOptions()
        options.name = request.name
        (options.id, options.time) = (request.id, request.time)
        options.group = request.group
        for option in request.options {
            do throws(DemetraError) {
                try options.set(option.name, to: .text(option.value))
            } catch {
                throw error.at(option.range)
            }
        }
        return options
    }
}
