package import DemetraFunctions
package import DemetraTypes
package import DemetraVectors

/// The table functions that ask stored models: PREDICT, EVALUATE_MODEL, EXPLAIN_MODEL, EXPLAIN_PREDICT and
/// the relation `demetra_models`.
///
/// SQL gives a model's name; whoever knows the catalog hands over what it holds, so these functions
/// need no catalog.
package struct ModelFunctions: Sendable {
    /// Models kept ready.
    let models: ModelStore

    /// Functions over models kept ready in a store.
    package init(_ models: ModelStore) { self.models = models }

    /// All of them.
    package var all: [TableFunction] { [predict, evaluate, explain, explainPredict, list] }

    /// The columns that PREDICT adds to those of its input.
    package static let predictionFields =
        ["predicted", "lower", "upper", "level", "confidence"].map {
            Field(name: $0, type: .double)
        } + [
            Field(name: "risk_level", type: .text), Field(name: "p_loss", type: .double),
            Field(name: "signal", type: .text), Field(name: "notice", type: .text),
        ]

    /// `PREDICT(model, rel [, level => 0.9])`.
    package var predict: TableFunction {
        TableFunction(
            "predict", usage: "model, rel, level => 0.9", modelInput: .named
        ) { [models] arguments throws(DemetraError) in
            let call = try FunctionArguments(
                arguments, function: "PREDICT", positional: ["model", "rel"], named: ["level"])
            let predictor = try models.predictor(try call.requiredModel("model"))
            let relation = try call.requiredRelation("rel")
            let level = call.has("level") ? try call.level() : predictor.model.level
            let schema = Schema(relation.schema.fields + Self.predictionFields)
            return BoundTableFunction(schema: schema) { relations, context throws(DemetraError) in
                let batches = relations[relation.index]
                Self.warnOfMissing(predictor, relation.schema, context.notices)
                let slots = ResultSlots(count: batches.count, empty: Batch([], count: 0))
                context.workers.forEach(batches.count) { index in
                    guard !context.cancellation.isCancelled else { return }
                    let batch = batches[index]
                    let added = Self.predictionVectors(
                        predictor, schema: relation.schema, batch: batch, level: level)
                    slots.set(index, Batch(batch.vectors + added, count: batch.count))
                }
                try context.cancellation.check()
                return slots.values
            }
        }
    }

    /// `EVALUATE_MODEL(model)`.
    package var evaluate: TableFunction {
        TableFunction(
            "evaluate_model", usage: "model", modelInput: .named
        ) { [models] arguments throws(DemetraError) in
            let call = try FunctionArguments(
                arguments, function: "EVALUATE_MODEL", positional: ["model"], named: [])
            let model = try models.predictor(try call.requiredModel("model")).model
            return BoundTableFunction(schema: Self.evaluationSchema) { _, _ in
                [Self.evaluation(model)]
            }
        }
    }

    /// `EXPLAIN_MODEL(model)`.
    package var explain: TableFunction {
        TableFunction(
            "explain_model", usage: "model", modelInput: .named
        ) { [models] arguments throws(DemetraError) in
            let call = try FunctionArguments(
                arguments, function: "EXPLAIN_MODEL", positional: ["model"], named: [])
            let model = try models.predictor(try call.requiredModel("model")).model
            return BoundTableFunction(schema: Self.explanationSchema) { _, _ in
                Self.explanation(model)
            }
        }
    }

    /// `demetra_models`: a row for every model of the catalog.
    package var list: TableFunction {
        TableFunction(
            "demetra_models", usage: "", modelInput: .all
        ) { [models] arguments throws(DemetraError) in
            var stored: [StoredModel] = []
            for case .models(let all) in arguments.map(\.content) { stored = all }
            let listed = stored
            return BoundTableFunction(schema: Self.listSchema) { _, _ throws(DemetraError) in
                var rows: [[Value]] = []
                for entry in listed {
                    let model = try models.predictor(entry).model
                    rows.append([
                        .text(entry.name), .text(entry.kind), .text(model.target),
                        .text(model.columns.joined(separator: ", ")),
                        .integer(Int64(model.quality.rowCount)), .double(model.quality.skill),
                        .text(model.signal.text), .timestamptz(model.trainedAt),
                        .integer(Int64(entry.payload.count)),
                    ])
                }
                guard !rows.isEmpty else { return [] }
                let vectors = Self.listSchema.fields.enumerated().map { column, field in
                    Vector(rows.map { $0[column] }, type: field.type)
                }
                return [Batch(vectors, count: rows.count)]
            }
        }
    }

    /// The columns of `demetra_models`.
    package static let listSchema = Schema([
        Field(name: "name", type: .text), Field(name: "kind", type: .text),
        Field(name: "target", type: .text), Field(name: "columns", type: .text),
        Field(name: "rows", type: .bigint), Field(name: "skill", type: .double),
        Field(name: "signal", type: .text), Field(name: "trained_at", type: .timestamptz),
        Field(name: "bytes", type: .bigint),
    ])

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
    static func predictionVectors(
        _ predictor: ROIPredictor, schema: Schema, batch: Batch, level: Double
    ) -> [Vector] {
        let count = batch.count
        let model = predictor.model
        let prediction = predictor.predict(
            predictor.columns(of: schema), batch.vectors, count: count, level: level)
        let numbers = [
            prediction.predicted, prediction.lower, prediction.upper,
            Array(repeating: level, count: count), prediction.confidence,
        ].map { ResultColumn.doubles($0).vector(0..<count, type: .double) }
        let losses = ResultColumn.doubles(prediction.lossProbability)
        let notice = notice(model, prediction, count).map { Value.text($0) } ?? .null
        return numbers + [
            RiskLevel.vector(prediction.lossProbability),
            losses.vector(0..<count, type: .double),
            .constant(.text(model.signal.text), type: .text, count: count),
            .constant(notice, type: .text, count: count),
        ]
    }

    /// A warning for the columns that a relation lacks, once per statement.
    static func warnOfMissing(
        _ predictor: ROIPredictor, _ schema: Schema, _ notices: NoticeBoard
    ) {
        let found = predictor.columns(of: schema)
        warn(
            of: zip(predictor.model.columns, found).filter { $1 == nil }.map(\.0),
            predictor.model.name, notices)
    }

    /// A warning for columns that a call does not give.
    static func warn(of missing: [String], _ model: String, _ notices: NoticeBoard) {
        guard !missing.isEmpty else { return }
        notices.post(
            Notice(
                "model \"\(model)\" was trained on columns that are not given: "
                    + missing.joined(separator: ", "),
                severity: .warning, hint: "They count as missing values."))
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
}
