package import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// `PREDICT_ROI(columns)` and `PREDICT_ROI_JSON(columns)`: a stored model asked row by row.
package struct PredictROIScalars: Sendable {
    private let models: ModelStore

    /// Functions over models kept ready in a store.
    package init(_ models: ModelStore) { self.models = models }

    /// Both of them.
    package var all: [ModelFunction] {
        [
            function("predict_roi", .double) { predictor, columns, vectors, count in
                let (points, unseen) = predictor.points(columns, vectors, count: count)
                return (ResultColumn.doubles(points).vector(0..<count, type: .double), unseen)
            },
            function("predict_roi_json", .json) { predictor, columns, vectors, count in
                let prediction = predictor.predict(
                    columns, vectors, count: count, level: predictor.model.level)
                let texts = (0..<count).map { Self.json(predictor.model, prediction, $0) }
                return (
                    ResultColumn.texts(texts).vector(0..<count, type: .json),
                    prediction.unseenCounts
                )
            },
        ]
    }

    private typealias Answer =
        @Sendable (_ predictor: ROIPredictor, _ columns: [Int?], _ vectors: [Vector], _ count: Int)
        -> (Vector, unseen: [String: Int])

    private func function(
        _ name: String, _ type: LogicalType, _ answer: @escaping Answer
    ) -> ModelFunction {
        ModelFunction(
            name, modelName: "roi", modelKind: ROIModelTrainer.kind
        ) { [models] stored, arguments throws(DemetraError) in
            let predictor = try models.predictor(stored)
            let columns = try Self.positions(name, predictor.model, arguments)
            let missing = zip(predictor.model.columns, columns).filter { $1 == nil }.map(\.0)
            return ScalarFunction(
                name,
                Signature(
                    [], variadic: .any, result: .fixed(type)),
                isStrict: false
            ) { vectors, count, context throws(DemetraError) in
                let (result, unseen) = answer(predictor, columns, vectors, count)
                ModelFunctions.warn(of: missing, predictor.model.name, context.notices)
                for feature in unseen.keys.sorted() {
                    context.notices.post(
                        Notice(
                            "some rows have a \(feature) that model \"\(predictor.model.name)\" "
                                + "has not seen; it counts as missing"))
                }
                return result
            }
        }
    }

    /// Where each of the model's columns stands among the arguments: by name, or by its place in the
    /// order of training. What is written out wins over what `*` gives.
    private static func positions(
        _ name: String, _ model: ROIModel, _ arguments: [ModelFunction.Argument]
    ) throws(DemetraError) -> [Int?] {
        let columns = model.columns
        var found = [Int?](repeating: nil, count: columns.count)
        var isWritten = [Bool](repeating: false, count: columns.count)
        var next = 0
        for (position, argument) in arguments.enumerated() {
            let column: Int
            if let given = argument.name {
                guard
                    let index = columns.firstIndex(where: { $0.lowercased() == given.lowercased() })
                else {
                    if argument.isOptional { continue }
                    throw unknown(name, given, model).at(argument.range)
                }
                column = index
            } else {
                guard next < columns.count else {
                    throw DemetraError(
                        .undefinedFunction,
                        "\(name) takes \(columns.count) columns of model \"\(model.name)\"",
                        hint: "They are \(columns.joined(separator: ", ")). Write name => value."
                    ).at(argument.range)
                }
                column = next
                next += 1
            }
            if isWritten[column] {
                if argument.isOptional { continue }
                throw DemetraError(
                    .undefinedFunction, "column \"\(columns[column])\" is given twice"
                ).at(argument.range)
            }
            found[column] = position
            isWritten[column] = !argument.isOptional
        }
        return found
    }

    private static func unknown(
        _ name: String, _ column: String, _ model: ROIModel
    ) -> DemetraError {
        let nearest = NearestName.find(column, among: model.columns)
        return DemetraError(
            .undefinedFunction, "model \"\(model.name)\" has no column \"\(column)\"",
            hint: nearest.map { "Perhaps you meant \"\($0)\"." }
                ?? "Its columns are \(model.columns.joined(separator: ", ")).")
    }

    /// The columns of PREDICT as one object.
    private static func json(
        _ model: ROIModel, _ prediction: ROIModel.Prediction, _ row: Int
    ) -> String {
        func number(_ name: String, _ value: Double) -> String {
            "\"\(name)\": " + (value.isFinite ? FloatText.text(value) : "null")
        }
        let loss = prediction.lossProbability[row]
        return "{"
            + [
                number("predicted", prediction.predicted[row]),
                number("lower", prediction.lower[row]), number("upper", prediction.upper[row]),
                number("level", model.level), number("confidence", prediction.confidence[row]),
                "\"risk_level\": \"\(RiskLevel(lossProbability: loss).rawValue)\"",
                number("p_loss", loss), "\"signal\": \"\(model.signal.text)\"",
                "\"notice\": " + (model.notice.isEmpty ? "null" : JSONText.quoted(model.notice)),
            ].joined(separator: ", ") + "}"
    }
}
