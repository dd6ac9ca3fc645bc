import DemetraVectors

/// Ridge regression of many targets on the same rows: the matrix is factored once.
struct RidgeProblem: Sendable {
    private let codes: CodeMatrix
    private let layout: Layout
    private let rows: [Int]
    private let inputs: [[(Int, Double)]]
    private let means: [Double]
    /// The lower triangle of Cholesky's factor.
    private let factor: [Double]

    /// Prepares some rows; `penalty` is added to the diagonal.
    init(_ codes: CodeMatrix, rows: [Int], penalty: Double) {
        let layout = Layout(codes)
        let width = layout.width
        let inputs = rows.map { layout.inputs(codes, $0) }
        var means = [Double](repeating: 0, count: width)
        for input in inputs { for (column, value) in input { means[column] += value } }
        means = means.map { $0 / Double(max(rows.count, 1)) }
        var matrix = [Double](repeating: 0, count: width * width)
        for input in inputs {
            let dense = Self.dense(input, means)
            for i in 0..<width {
                for j in 0...i { matrix[i * width + j] += dense[i] * dense[j] }
            }
        }
        for i in 0..<width { matrix[i * width + i] += penalty }
        (self.codes, self.layout, self.rows) = (codes, layout, rows)
        (self.inputs, self.means) = (inputs, means)
        factor = Self.factored(matrix, width)
    }

    /// The model of one target, which has a value for every row of the table.
    func fit(_ target: [Double]) -> RidgeRegression {
        let width = layout.width
        let center = rows.isEmpty ? 0 : OrderStatistics.mean(rows.map { target[$0] })
        var right = [Double](repeating: 0, count: width)
        for (position, row) in rows.enumerated() {
            let dense = Self.dense(inputs[position], means)
            for i in 0..<width { right[i] += dense[i] * (target[row] - center) }
        }
        let coefficients = Self.solve(factor, right, width)
        var intercept = center
        for column in 0..<width { intercept -= coefficients[column] * means[column] }
        let effects = codes.columns.indices.map { feature in
            (0..<codes.codeCounts[feature]).map { code in
                let (column, value) = layout.input(feature, code)
                return column < 0 ? 0 : coefficients[column] * value
            }
        }
        let centers = effects.indices.map { feature in
            let column = codes.columns[feature]
            return rows.isEmpty
                ? 0 : OrderStatistics.mean(rows.map { effects[feature][Int(column[$0])] })
        }
        return RidgeRegression(effects: effects, intercept: intercept, centers: centers)
    }

    /// Inputs around their means.
    private static func dense(_ input: [(Int, Double)], _ means: [Double]) -> [Double] {
        var dense = means.map { -$0 }
        for (column, value) in input { dense[column] += value }
        return dense
    }

    /// Where features stand in the matrix; categories of many names keep the first 40.
    private struct Layout: Sendable {
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

    /// Cholesky's factor of a positive matrix, whose lower triangle counts.
    private static func factored(_ matrix: [Double], _ n: Int) -> [Double] {
        var l = matrix
        for i in 0..<n {
            for j in 0...i {
                var sum = l[i * n + j]
                for k in 0..<j { sum -= l[i * n + k] * l[j * n + k] }
                l[i * n + j] = i == j ? max(sum, 1e-12).squareRoot() : sum / l[j * n + j]
            }
        }
        return l
    }

    private static func solve(_ l: [Double], _ right: [Double], _ n: Int) -> [Double] {
        var x = right
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
