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

        /// `low` under 0.15, `medium` under 0.40, else `high`.
        package static func riskLevel(_ lossProbability: Double) -> String {
            lossProbability < 0.15 ? "low" : (lossProbability < 0.40 ? "medium" : "high")
        }
    }

    /// Predicts every row; columns are found by name, and those not there count as missing.
    ///
    /// - Parameter level: coverage of the intervals; nil takes the model's.
    package func predict(
        schema: Schema, batch: Batch, level: Double? = nil
    ) throws(DemetraError) -> Prediction {
        var prediction = Prediction()
        var missing: Set<String> = []
        let columns = features.map { feature -> [UInt8] in
            guard let index = columnIndex(feature.column, schema) else {
                missing.insert(feature.column)
                return [UInt8](repeating: 0, count: batch.count)
            }
            var unseen = 0
            let codes = feature.codes([batch.vectors[index]], unseen: &unseen)
            if unseen > 0 { prediction.unseenCounts[feature.name] = unseen }
            return codes
        }
        let codes = CodeMatrix(
            columns: columns, kinds: features.map(\.kind), codeCounts: features.map(\.codeCount),
            rowCount: batch.count)
        var groups: [UInt8]?
        if let group, let index = columnIndex(group.column, schema) {
            var unseen = 0
            groups = group.codes([batch.vectors[index]], unseen: &unseen)
        }
        prediction.missingColumns = missing.sorted()
        fill(&prediction, codes, groups, level ?? self.level)
        return prediction
    }

    private func columnIndex(_ name: String, _ schema: Schema) -> Int? {
        schema.index(of: name)
            ?? schema.fields.firstIndex { $0.name.lowercased() == name.lowercased() }
    }

    private func fill(
        _ prediction: inout Prediction, _ codes: CodeMatrix, _ groups: [UInt8]?, _ level: Double
    ) {
        let outer = unconditional.bounds(level: level)
        let full = outer.upper - outer.lower
        // The mean of all rows is no knowledge about any of them.
        let knowsNothing = signal == .none && folds.allSatisfy { $0.baseline.feature < 0 }
        for row in 0..<codes.rowCount {
            let raw = point(codes, row: row)
            let residuals = intervals.group(groups?[row])
            let bounds = residuals.bounds(level: level)
            let value = limited(raw)
            let (low, high) = (limited(raw + bounds.lower), limited(raw + bounds.upper))
            prediction.predicted.append(value)
            prediction.lower.append(min(low, value))
            prediction.upper.append(max(high, value))
            let width = full > 0 ? (bounds.upper - bounds.lower) / full : 1
            prediction.confidence.append(knowsNothing ? 0 : min(max(1 - width, 0), 1))
            prediction.lossProbability.append(residuals.share(below: breakEven - raw))
        }
    }
}
