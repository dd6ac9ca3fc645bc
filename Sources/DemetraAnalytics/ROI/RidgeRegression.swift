import DemetraVectors
import Glibc

/// A linear model for few rows: names one-hot, numbers by their rank among the bins, coefficients
/// pulled towards zero.
package struct RidgeRegression: Sendable, Hashable {
    /// A coefficient for each code of each feature: rows add up what their codes say.
    package var effects: [[Double]]
    /// Added to every row.
    package var intercept: Double
    /// The mean effect of each feature over the rows fitted on; empty when it is not known.
    package var centers: [Double]

    /// Fits `target` on some rows.
    package init(_ codes: CodeMatrix, target: [Double], rows: [Int], penalty: Double) {
        let layout = Layout(codes)
        let width = layout.width
        var matrix = [Double](repeating: 0, count: width * width)
        var right = [Double](repeating: 0, count: width)
        let center = rows.isEmpty ? 0 : OrderStatistics.mean(rows.map { target[$0] })
        let inputs = rows.map { layout.inputs(codes, $0) }
        var means = [Double](repeating: 0, count: width)
        for input in inputs { for (column, value) in input { means[column] += value } }
        means = means.map { $0 / Double(max(rows.count, 1)) }
        for (position, row) in rows.enumerated() {
            var dense = means.map { -$0 }
            for (column, value) in inputs[position] { dense[column] += value }
            for i in 0..<width {
                right[i] += dense[i] * (target[row] - center)
                for j in 0...i { matrix[i * width + j] += dense[i] * dense[j] }
            }
        }
        for i in 0..<width { matrix[i * width + i] += penalty }
        let coefficients = Self.solve(matrix, right, width)
        var intercept = center
        for column in 0..<width { intercept -= coefficients[column] * means[column] }
        self.intercept = intercept
        effects = codes.columns.indices.map { feature in
            (0..<codes.codeCounts[feature]).map { code in
                let (column, value) = layout.input(feature, code)
                return column < 0 ? 0 : coefficients[column] * value
            }
        }
        centers = []
        centers = effects.indices.map { feature in
            let column = codes.columns[feature]
            return rows.isEmpty
                ? 0 : OrderStatistics.mean(rows.map { effects[feature][Int(column[$0])] })
        }
    }

    init(effects: [[Double]], intercept: Double, centers: [Double]) {
        self.effects = effects
        self.intercept = intercept
        self.centers = centers
    }

    /// The prediction for a row.
    package func value(_ codes: CodeMatrix, row: Int) -> Double {
        var sum = intercept
        for feature in effects.indices { sum += effects[feature][Int(codes.columns[feature][row])] }
        return sum
    }

    /// Where features stand in the matrix; categories of many names keep the first 40.
    private struct Layout {
        var starts: [Int] = []
        var width = 0
        let codes: CodeMatrix

        init(_ codes: CodeMatrix) {
            self.codes = codes
            for feature in codes.columns.indices {
                starts.append(width)
                width +=
                    codes.kinds[feature] == .category ? min(codes.codeCounts[feature] - 1, 40) : 1
            }
        }

        /// Column and value of a code; column -1 for missing.
        func input(_ feature: Int, _ code: Int) -> (column: Int, value: Double) {
            guard code > 0 else { return (-1, 0) }
            if codes.kinds[feature] == .category {
                return code <= 40 ? (starts[feature] + code - 1, 1) : (-1, 0)
            }
            let last = max(codes.codeCounts[feature] - 2, 1)
            return (starts[feature], 2 * Double(code - 1) / Double(last) - 1)
        }

        func inputs(_ codes: CodeMatrix, _ row: Int) -> [(Int, Double)] {
            var found: [(Int, Double)] = []
            for feature in codes.columns.indices {
                let (column, value) = input(feature, Int(codes.columns[feature][row]))
                if column >= 0 { found.append((column, value)) }
            }
            return found
        }
    }

    /// Cholesky on the lower triangle.
    private static func solve(_ matrix: [Double], _ right: [Double], _ n: Int) -> [Double] {
        var l = matrix
        var x = right
        for i in 0..<n {
            for j in 0...i {
                var sum = l[i * n + j]
                for k in 0..<j { sum -= l[i * n + k] * l[j * n + k] }
                l[i * n + j] = i == j ? max(sum, 1e-12).squareRoot() : sum / l[j * n + j]
            }
        }
        for i in 0..<n {
            for k in 0..<i { x[i] -= l[i * n + k] * x[k] }
            x[i] /= l[i * n + i]
        }
        for i in (0..<n).reversed() {
            for k in (i + 1)..<max(n, i + 1) { x[i] -= l[k * n + i] * x[k] }
            x[i] /= l[i * n + i]
        }
        return x
    }
}
