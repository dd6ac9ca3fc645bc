package import DemetraFunctions
import DemetraTypes
import DemetraVectors

extension ModelFunctions {
    /// `EXPLAIN_PREDICT(model, rel [, id => 'column'])`: for each row, what each feature adds to its prediction.
    package var explainPredict: TableFunction {
        TableFunction(
            "explain_predict", usage: "model, rel, id => text", modelInput: .named
        ) { [models] arguments throws(DemetraError) in
            let call = try FunctionArguments(
                arguments, function: "EXPLAIN_PREDICT", positional: ["model", "rel"],
                named: ["id"])
            let predictor = try models.predictor(try call.requiredModel("model"))
            let relation = try call.requiredRelation("rel")
            let id =
                call.has("id")
                ? try call.column("id", of: relation.schema) : relation.schema.index(of: "id")
            let rows = ExplainedRows(
                predictor: predictor, schema: relation.schema, id: id)
            return BoundTableFunction(schema: rows.output) {
                relations, context throws(DemetraError) in
                try rows.explained(relations[relation.index], context)
            }
        }
    }
}

/// One bound call of EXPLAIN_PREDICT.
// Immutable after init.
struct ExplainedRows: Sendable {
    /// What stands for the target's hard limits among the features.
    private static let limitsName = "(limits)"

    let predictor: ROIPredictor
    let schema: Schema
    /// The column that names a row; nil numbers rows from 1 on.
    let id: Int?

    /// The output columns.
    var output: Schema {
        Schema([
            Field(name: "id", type: id.map { schema.fields[$0].type } ?? .bigint),
            Field(name: "predicted", type: .double), Field(name: "base_value", type: .double),
            Field(name: "feature", type: .text), Field(name: "value", type: .text),
            Field(name: "contribution", type: .double),
        ])
    }

    /// Explains every row, in order; the features of a row by the size of what they add.
    ///
    /// - Throws: 55000 for models of versions that did not keep what this needs, 57014 when cancelled.
    func explained(
        _ batches: [Batch], _ context: EvaluationContext
    ) throws(DemetraError) -> [Batch] {
        let model = predictor.model
        guard batches.contains(where: { $0.count > 0 }) else { return [] }
        ModelFunctions.warnOfMissing(predictor, schema, context.notices)
        let explainer = PredictionExplainer(
            model.folds, codeCounts: model.features.map(\.codeCount), task: model.task)
        guard explainer.knowsRows else {
            throw DemetraError(
                .objectNotInPrerequisiteState,
                "model \"\(model.name)\" was trained by a version that cannot explain predictions",
                hint: "Train it again: ALTER MODEL \(model.name) RETRAIN.")
        }
        var first = 1
        var firsts: [Int] = []
        for batch in batches {
            firsts.append(first)
            first += batch.count
        }
        var output: [Batch] = []
        for (index, batch) in batches.enumerated() where batch.count > 0 {
            output += try explained(batch, first: firsts[index], explainer, context)
        }
        return output
    }

    private func explained(
        _ batch: Batch, first: Int, _ explainer: PredictionExplainer, _ context: EvaluationContext
    ) throws(DemetraError) -> [Batch] {
        let model = predictor.model
        let columns = predictor.columns(of: schema)
        var unseen: [String: Int] = [:]
        let codes = predictor.codes(columns, batch.vectors, batch.count, &unseen)
        let points = predictor.scorer.points(codes)
        let slots = ResultSlots(count: batch.count, empty: [Double]())
        let cancellation = context.cancellation
        context.workers.forEach(batch.count) { row in
            guard !cancellation.isCancelled else { return }
            slots.set(row, explainer.contributions(codes, row: row))
        }
        try cancellation.check()
        let values = texts(columns, batch)
        var rows: [(id: Value, row: Int, feature: String, value: String?, adds: Double)] = []
        for (row, contributions) in slots.values.enumerated() {
            let name = id.map { batch.vectors[$0].value(at: row) } ?? .integer(Int64(first + row))
            let order = contributions.indices.sorted { left, right in
                let (a, b) = (abs(contributions[left]), abs(contributions[right]))
                return a != b ? a > b : left < right
            }
            for feature in order {
                rows.append(
                    (
                        name, row, model.features[feature].name, values[feature][row],
                        contributions[feature]
                    ))
            }
            // What is cut off at the limits of the target belongs to no feature, and is said apart.
            let cut = model.limited(points[row]) - model.task.value(points[row])
            if cut != 0 { rows.append((name, row, Self.limitsName, limitsText, cut)) }
        }
        let shown: [ResultColumn] = [
            .values(rows.map(\.id)), .doubles(rows.map { model.limited(points[$0.row]) }),
            .doubles(rows.map { _ in explainer.base }), .texts(rows.map(\.feature)),
            .texts(rows.map(\.value)), .doubles(rows.map(\.adds)),
        ]
        return ResultColumn.batches(shown, schema: output, rowCount: rows.count)
    }

    private var limitsText: String {
        let limits = predictor.model.limits
        let lower = limits.lower.isNaN ? "" : "at least \(PlainNumber.text(limits.lower))"
        let upper = limits.upper.isNaN ? "" : "at most \(PlainNumber.text(limits.upper))"
        return [lower, upper].filter { !$0.isEmpty }.joined(separator: ", ")
    }

    /// The value of each feature in each row as text; nil where it is missing or not given.
    private func texts(_ columns: [Int?], _ batch: Batch) -> [[String?]] {
        let names = predictor.model.columns
        return predictor.model.features.map { feature in
            guard let position = names.firstIndex(of: feature.column),
                let column = columns[position]
            else { return Array(repeating: nil, count: batch.count) }
            let vector = batch.vectors[column]
            switch feature.source {
            case .category, .number:
                return (0..<batch.count).map { shownText(vector, $0) }
            case .month, .weekday, .hour, .day:
                var numbers: [Double] = []
                FeatureDefinition.append(vector, feature.source, to: &numbers)
                return numbers.map { $0.isNaN ? nil : PlainNumber.text($0) }
            }
        }
    }

    /// As it would be printed; what is no number counts as missing.
    private func shownText(_ vector: Vector, _ row: Int) -> String? {
        switch vector.value(at: row) {
        case .date(let date): date.isFinite ? date.description : nil
        case .timestamp(let time), .timestamptz(let time):
            time.isFinite ? time.description : nil
        default: TextReader.text(vector, row)
        }
    }
}
