package import DemetraTypes
package import DemetraVectors

extension ROIModel {
    /// What is said about every row of a batch; arrays are as long as the batch.
    package struct Prediction: Sendable {
        /// The expected target.
        package var predicted: [Double] = []
        /// Interval of the target.
        package var lower: [Double] = []
        /// Interval of the target.
        package var upper: [Double] = []
        /// 1 - width of the interval / width without a model, 0...1.
        package var confidence: [Double] = []
        /// Probability that the target is below the break-even.
        package var lossProbability: [Double] = []
        /// Rows with a category that training had not seen, by feature.
        package var unseenCounts: [String: Int] = [:]
        /// Features whose column the batch lacks.
        package var missingColumns: [String] = []

        mutating func reserveCapacity(_ count: Int) {
            predicted.reserveCapacity(count)
            lower.reserveCapacity(count)
            upper.reserveCapacity(count)
            confidence.reserveCapacity(count)
            lossProbability.reserveCapacity(count)
        }
    }

    /// Predicts every row; columns are found by name, and those not there count as missing.
    ///
    /// - Parameter level: coverage of the intervals; nil takes the model's.
    package func predict(schema: Schema, batch: Batch, level: Double? = nil) -> Prediction {
        let predictor = ROIPredictor(self)
        return predictor.predict(
            predictor.columns(of: schema), batch.vectors, count: batch.count,
            level: level ?? self.level)
    }
}

/// A model made ready to predict many rows; made once per model, see `ModelStore`.
// Immutable after init.
package final class ROIPredictor: Sendable {
    /// The model.
    package let model: ROIModel
    private let coders: [FeatureCoder]
    private let groupCoder: FeatureCoder?
    /// The residuals of all rows and of each group, as the borders that losses lie below.
    private let losses: ResidualIntervals.Losses
    /// The models' sums, before limits.
    let scorer: ModelScorer

    /// Prepares a model.
    package init(_ model: ROIModel) {
        self.model = model
        coders = model.features.map { FeatureCoder($0) }
        groupCoder = model.group.map { FeatureCoder($0) }
        losses = model.intervals.losses
        scorer = ModelScorer(model.folds, codeCounts: model.features.map(\.codeCount))
    }

    /// Where the model's columns stand in a relation, in the order of `model.columns`; nil for those
    /// that are not there.
    package func columns(of schema: Schema) -> [Int?] {
        model.columns.map { name in
            schema.index(of: name)
                ?? schema.fields.firstIndex { $0.name.lowercased() == name.lowercased() }
        }
    }

    /// The expected target of every row, and the features with names that training had not seen.
    package func points(
        _ columns: [Int?], _ vectors: [Vector], count: Int
    ) -> (predicted: [Double], unseen: [String: Int]) {
        var unseen: [String: Int] = [:]
        let codes = codes(columns, vectors, count, &unseen)
        return (scorer.points(codes).map { model.limited($0) }, unseen)
    }

    /// Everything that is said about every row.
    package func predict(
        _ columns: [Int?], _ vectors: [Vector], count: Int, level: Double
    ) -> ROIModel.Prediction {
        var prediction = ROIModel.Prediction()
        prediction.missingColumns = zip(model.columns, columns).filter { $1 == nil }.map(\.0)
            .sorted()
        let codes = codes(columns, vectors, count, &prediction.unseenCounts)
        var groups: [UInt8]?
        if let groupCoder, let vector = vector(groupCoder.definition.column, columns, vectors) {
            var unseen = 0
            groups = groupCoder.codes(vector, unseen: &unseen)
        }
        fill(&prediction, scorer.points(codes), groups, level)
        return prediction
    }

    private func vector(_ column: String, _ columns: [Int?], _ vectors: [Vector]) -> Vector? {
        guard let position = model.columns.firstIndex(of: column) else { return nil }
        return columns[position].map { vectors[$0] }
    }

    /// The codes of every row; counts names that training had not seen by feature.
    func codes(
        _ columns: [Int?], _ vectors: [Vector], _ count: Int, _ unseen: inout [String: Int]
    ) -> CodeMatrix {
        let names = model.columns
        let codes = coders.map { coder -> Buffer<UInt8> in
            guard let position = names.firstIndex(of: coder.definition.column),
                let index = columns[position]
            else { return Buffer(repeating: 0, count: count) }
            var rows = 0
            let codes = coder.codes(vectors[index], unseen: &rows)
            if rows > 0 { unseen[coder.definition.name] = rows }
            return Buffer(codes)
        }
        return CodeMatrix(
            columns: codes, kinds: coders.map(\.definition.kind),
            codeCounts: coders.map(\.definition.codeCount), rowCount: count)
    }

    private func fill(
        _ prediction: inout ROIModel.Prediction, _ points: [Double], _ groups: [UInt8]?,
        _ level: Double
    ) {
        if model.task == .classification {
            fillRates(&prediction, points, groups, level)
            return
        }
        let outer = model.unconditional.bounds(level: level)
        let full = outer.upper - outer.lower
        let bounds = model.intervals.bounds(level: level)
        // The mean of all rows is no knowledge about any of them.
        let knowsNothing =
            model.signal == .none && model.folds.allSatisfy { $0.baseline.feature < 0 }
        prediction.reserveCapacity(points.count)
        for (row, raw) in points.enumerated() {
            let code = groups?[row]
            let (lower, upper) = bounds.at(code)
            let value = model.limited(raw)
            prediction.predicted.append(value)
            prediction.lower.append(min(model.limited(raw + lower), value))
            prediction.upper.append(max(model.limited(raw + upper), value))
            let width = full > 0 ? (upper - lower) / full : 1
            prediction.confidence.append(knowsNothing ? 0 : min(max(1 - width, 0), 1))
            prediction.lossProbability.append(
                losses.share(of: code, below: model.breakEven - raw))
        }
    }

    /// Probabilities, with the interval of how often like rows were true.
    private func fillRates(
        _ prediction: inout ROIModel.Prediction, _ points: [Double], _ groups: [UInt8]?,
        _ level: Double
    ) {
        let bounds = model.rates.bounds(level: level)
        let rate = model.rates.overallRate
        let spread = (rate * (1 - rate)).squareRoot()
        for (row, odds) in points.enumerated() {
            let value = model.limited(odds)
            let (lower, upper) = bounds.at(value, groups?[row])
            prediction.predicted.append(value)
            prediction.lower.append(lower)
            prediction.upper.append(upper)
            // The target is 0 or 1: what is left of its spread, not the interval of its rate, says how much is known.
            let left = spread > 0 ? (value * (1 - value)).squareRoot() / spread : 1
            prediction.confidence.append(min(max(1 - left, 0), 1))
            let isLoss = (zero: model.breakEven > 0, one: model.breakEven > 1)
            prediction.lossProbability.append(
                (isLoss.zero ? 1 - value : 0) + (isLoss.one ? value : 0))
        }
    }
}
