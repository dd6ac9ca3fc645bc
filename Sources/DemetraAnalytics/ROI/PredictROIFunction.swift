package import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// `PREDICT_ROI(rel, target => 'roi', ...)` in FROM: trains on the rows whose target is known and
/// predicts those whose target is not, or all rows when every target is known.
///
/// For whom a model that stays is too much: nothing is stored, and each call trains anew. Rows that
/// were trained on get the prediction of the whole model, whose errors look smaller than on new rows;
/// the intervals come from unseen rows all the same.
package enum PredictROIFunction {
    private static let named = [
        "target", "id", "time", "group", "exclude", "leakage", "level", "break_even", "trees",
        "seed",
    ]

    /// The table function.
    package static let function = TableFunction(
        "predict_roi",
        usage: "rel, target => 'roi', id => text, time => text, group => text, level => 0.9"
    ) { arguments throws(DemetraError) in
        let call = try FunctionArguments(
            arguments, function: "PREDICT_ROI", positional: ["rel"], named: named)
        let relation = try call.requiredRelation("rel")
        let target = try call.text("target") ?? "roi"
        guard let targetIndex = try call.column("target", default: "roi", of: relation.schema)
        else { throw DemetraError(.undefinedFunction, "PREDICT_ROI needs the argument \"target\"") }
        var ids: [Int] = []
        for name in try call.text("id")?.split(separator: ",") ?? [] {
            let trimmed = name.drop { $0 == " " }
            ids.append(try RelationColumns.index(of: String(trimmed), in: relation.schema))
        }
        _ = try call.column("time", of: relation.schema)
        _ = try call.column("group", of: relation.schema)
        let options = try modelOptions(call, ids.map { relation.schema.fields[$0].name })
        let level = try call.level()
        let schema = Schema(
            ids.map { relation.schema.fields[$0] }
                + [
                    Field(name: "predicted_roi", type: .double),
                    Field(name: "current_roi", type: .double),
                    Field(name: "roi_difference", type: .double),
                ] + ModelFunctions.predictionFields
                + [Field(name: "feature_importance", type: .json)])
        let chosen = ids
        return BoundTableFunction(schema: schema) { relations, context throws(DemetraError) in
            let batches = relations[relation.index]
            guard batches.contains(where: { $0.count > 0 }) else { return [] }
            let model = try context.training { () throws(DemetraError) in
                try ROIModel.train(
                    schema: relation.schema, batches: batches, target: target, options: options,
                    trainedAt: context.statementTime, cancellation: context.cancellation,
                    workers: context.workers)
            }
            let predictor = ROIPredictor(model)
            var output: [Batch] = []
            for batch in unknownRows(batches, targetIndex) {
                try context.cancellation.check()
                output.append(
                    answered(
                        batch, predictor, relation.schema, ids: chosen, target: targetIndex,
                        level: level))
            }
            return output
        }
    }

    private static func modelOptions(
        _ call: FunctionArguments, _ ids: [String]
    ) throws(DemetraError) -> ROIModelOptions {
        var options = ROIModelOptions()
        options.name = "predict_roi"
        options.id = ids.count == 1 ? ids.first : nil
        options.time = try call.text("time")
        options.group = try call.text("group")
        for name in ["exclude", "leakage", "break_even", "trees", "seed"] {
            if let value = try call.value(name), !value.isNull { try options.set(name, to: value) }
        }
        if ids.count > 1 { options.exclude += ids }
        return options
    }

    /// The rows without a target; all rows when every row has one.
    private static func unknownRows(_ batches: [Batch], _ target: Int) -> [Batch] {
        var found: [Batch] = []
        for batch in batches {
            var numbers: [Double] = []
            NumberReader.append(batch.vectors[target], to: &numbers)
            let rows = numbers.indices.filter { numbers[$0].isNaN }
            guard !rows.isEmpty else { continue }
            let vectors = batch.vectors.map { vector in
                var builder = VectorBuilder(type: vector.type, capacity: rows.count)
                for row in rows { builder.append(vector.value(at: row)) }
                return builder.finish()
            }
            found.append(Batch(vectors, count: rows.count))
        }
        return found.isEmpty ? batches : found
    }

    private static func answered(
        _ batch: Batch, _ predictor: ROIPredictor, _ schema: Schema, ids: [Int], target: Int,
        level: Double
    ) -> Batch {
        let added = ModelFunctions.predictionVectors(
            predictor, schema: schema, batch: batch, level: level)
        var current: [Double] = []
        NumberReader.append(batch.vectors[target], to: &current)
        var predicted: [Double] = []
        NumberReader.append(added[0], to: &predicted)
        let rows = 0..<batch.count
        let compared = [
            ResultColumn.doubles(predicted), .doubles(current),
            .doubles(zip(predicted, current).map { $0 - $1 }),
        ].map { $0.vector(rows, type: .double) }
        let importance = Vector.constant(
            .text(importanceJSON(predictor.model)), type: .json, count: batch.count)
        return Batch(
            ids.map { batch.vectors[$0] } + compared + added + [importance], count: batch.count)
    }

    /// `{"channel": 0.93, ...}`: features that matter, most first; `{}` when none does.
    static func importanceJSON(_ model: ROIModel) -> String {
        let parts = model.importances.filter { $0.share > 0 }.map { importance -> String in
            let share = (importance.share * 10_000).rounded() / 10_000
            return "\(JSONText.quoted(importance.feature)): \(share)"
        }
        return "{" + parts.joined(separator: ", ") + "}"
    }
}
