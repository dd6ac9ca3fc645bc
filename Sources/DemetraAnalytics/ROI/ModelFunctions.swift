package import DemetraFunctions
package import DemetraTypes
package import DemetraVectors

/// The table functions that ask a stored model: PREDICT, EVALUATE_MODEL, EXPLAIN_MODEL.
///
/// Their first argument is the model. SQL gives its name; whoever knows the catalog replaces the name
/// with the model's bytes before binding, so these functions need no catalog.
package enum ModelFunctions {
    /// The columns that PREDICT adds to those of its input.
    package static let predictionFields =
        ["predicted", "lower", "upper", "level", "confidence"].map {
            Field(name: $0, type: .double)
        } + [
            Field(name: "risk_level", type: .text), Field(name: "p_loss", type: .double),
            Field(name: "signal", type: .text), Field(name: "notice", type: .text),
        ]

    /// `PREDICT(model, rel [, level => 0.9])`.
    package static let predict = TableFunction(
        "predict", usage: "model, rel, level => 0.9"
    ) { arguments throws(DemetraError) in
        let call = try FunctionArguments(
            arguments, function: "PREDICT", positional: ["model", "rel"], named: ["level"])
        let model = try storedModel(call, "PREDICT")
        let relation = try call.requiredRelation("rel")
        let level = call.has("level") ? try call.level() : model.level
        let schema = Schema(relation.schema.fields + predictionFields)
        return BoundTableFunction(schema: schema) { relations, context throws(DemetraError) in
            var output: [Batch] = []
            for batch in relations[relation.index] {
                try context.cancellation.check()
                let added = try predictionVectors(
                    model, schema: relation.schema, batch: batch, level: level)
                output.append(Batch(batch.vectors + added, count: batch.count))
            }
            return output
        }
    }

    /// `EVALUATE_MODEL(model)`.
    package static let evaluate = TableFunction(
        "evaluate_model", usage: "model"
    ) { arguments throws(DemetraError) in
        let call = try FunctionArguments(
            arguments, function: "EVALUATE_MODEL", positional: ["model"], named: [])
        let model = try storedModel(call, "EVALUATE_MODEL")
        return BoundTableFunction(schema: evaluationSchema) { _, _ in [evaluation(model)] }
    }

    /// `EXPLAIN_MODEL(model)`.
    package static let explain = TableFunction(
        "explain_model", usage: "model"
    ) { arguments throws(DemetraError) in
        let call = try FunctionArguments(
            arguments, function: "EXPLAIN_MODEL", positional: ["model"], named: [])
        let model = try storedModel(call, "EXPLAIN_MODEL")
        return BoundTableFunction(schema: explanationSchema) { _, _ in explanation(model) }
    }

    /// The columns of EVALUATE_MODEL.
    package static let evaluationSchema = Schema([
        Field(name: "name", type: .text), Field(name: "rows", type: .bigint),
        Field(name: "r2", type: .double), Field(name: "mae", type: .double),
        Field(name: "baseline_mae", type: .double), Field(name: "skill", type: .double),
        Field(name: "signal", type: .text), Field(name: "coverage", type: .double),
        Field(name: "trained_at", type: .timestamptz), Field(name: "notice", type: .text),
    ])

    /// The columns of EXPLAIN_MODEL.
    package static let explanationSchema = Schema([
        Field(name: "feature", type: .text), Field(name: "importance", type: .double),
        Field(name: "importance_sd", type: .double), Field(name: "shap_mean_abs", type: .double),
        Field(name: "direction", type: .text), Field(name: "notice", type: .text),
    ])

    /// The one row of EVALUATE_MODEL.
    package static func evaluation(_ model: ROIModel) -> Batch {
        let quality = model.quality
        let row: [Value] = [
            .text(model.name), .integer(Int64(quality.rowCount)), .double(quality.r2),
            .double(quality.meanAbsoluteError), .double(quality.baselineError),
            .double(quality.skill), .text(model.signal.text), .double(quality.coverage),
            .timestamptz(model.trainedAt), model.notice.isEmpty ? .null : .text(model.notice),
        ]
        return Batch(
            zip(row, evaluationSchema.fields).map { Vector([$0], type: $1.type) }, count: 1)
    }

    /// The rows of EXPLAIN_MODEL.
    package static func explanation(_ model: ROIModel) -> [Batch] {
        let rows = model.importances
        let notice = model.notice.isEmpty ? nil : model.notice
        let columns: [ResultColumn] = [
            .texts(rows.map(\.feature)), .doubles(rows.map(\.share)),
            .doubles(rows.map(\.deviation)), .doubles(rows.map(\.contribution)),
            .texts(rows.map(\.direction)), .texts(rows.map { _ in notice }),
        ]
        return ResultColumn.batches(columns, schema: explanationSchema, rowCount: rows.count)
    }

    /// The columns PREDICT adds, for the rows of one batch.
    package static func predictionVectors(
        _ model: ROIModel, schema: Schema, batch: Batch, level: Double
    ) throws(DemetraError) -> [Vector] {
        let prediction = try model.predict(schema: schema, batch: batch, level: level)
        let count = batch.count
        let notice = self.notice(model, prediction, count)
        let columns: [ResultColumn] = [
            .doubles(prediction.predicted), .doubles(prediction.lower), .doubles(prediction.upper),
            .doubles(Array(repeating: level, count: count)), .doubles(prediction.confidence),
            .texts(prediction.lossProbability.map { ROIModel.Prediction.riskLevel($0) }),
            .doubles(prediction.lossProbability),
            .texts(Array(repeating: model.signal.text, count: count)),
            .texts(Array(repeating: notice, count: count)),
        ]
        return zip(columns, predictionFields).map { $0.vector(0..<count, type: $1.type) }
    }

    private static func notice(
        _ model: ROIModel, _ prediction: ROIModel.Prediction, _ count: Int
    ) -> String? {
        var parts = model.notice.isEmpty ? [] : [model.notice]
        if !prediction.missingColumns.isEmpty {
            parts.append("missing: " + prediction.missingColumns.joined(separator: ", "))
        }
        for (feature, unseen) in prediction.unseenCounts.sorted(by: { $0.key < $1.key }) {
            parts.append("\(unseen) of \(count) rows have a \(feature) that training had not seen")
        }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    private static func storedModel(
        _ call: FunctionArguments, _ function: String
    ) throws(DemetraError) -> ROIModel {
        switch try call.value("model") {
        case .some(.bytes(let bytes)): return try ROIModel(encoded: bytes)
        case .some(.text(let name)):
            throw DemetraError(
                .undefinedObject, "model \"\(name)\" does not exist",
                hint: "Create it with CREATE MODEL \(name) FROM TABLE ... TARGET column."
            ).at(call.range("model"))
        default:
            throw DemetraError(
                .undefinedFunction, "\(function) needs the name of a model as first argument",
                hint: "Create one with CREATE MODEL roi FROM TABLE ... TARGET roi.")
        }
    }
}
