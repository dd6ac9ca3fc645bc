/// Prediction intervals from what the model got wrong on rows it had not seen, by group.
///
/// Mondrian split conformal prediction: the interval around a prediction is given by order statistics
/// of the residuals of the row's own group, so that it covers in every group and not only on average.
/// Groups of fewer than 50 rows use the residuals of all.
///
/// - Source: Vovk, Gammerman and Shafer, "Algorithmic learning in a random world", 2005.
package struct ResidualIntervals: Sendable, Hashable {
    /// The ascending residuals of one group.
    package struct Group: Sendable, Hashable {
        /// The number of rows they come from.
        package var rowCount: Int
        /// All of them, or evenly spaced order statistics when there are many.
        package var residuals: [Double]

        private static let keptLimit = 2_000

        /// Keeps residuals in order.
        package init(_ residuals: [Double]) {
            let sorted = RadixOrder.sorted(residuals)
            rowCount = sorted.count
            guard sorted.count > Self.keptLimit else {
                self.residuals = sorted
                return
            }
            self.residuals = (0..<Self.keptLimit).map {
                sorted[$0 * (sorted.count - 1) / (Self.keptLimit - 1)]
            }
        }

        init(rowCount: Int, residuals: [Double]) {
            self.rowCount = rowCount
            self.residuals = residuals
        }

        /// Lower and upper residual that a new row stays between with probability `level`.
        package func bounds(level: Double) -> (lower: Double, upper: Double) {
            guard let first = residuals.first, let last = residuals.last else { return (0, 0) }
            let n = Double(rowCount)
            let lower = ((n + 1) * (1 - level) / 2).rounded(.down)
            let upper = ((n + 1) * (1 + level) / 2).rounded(.up)
            return (
                lower < 1 ? first : statistic(lower), upper > n ? last : statistic(upper)
            )
        }

        /// The order statistic of rank 1...rowCount.
        private func statistic(_ rank: Double) -> Double {
            guard rowCount > 1 else { return residuals[0] }
            let position = (rank - 1) / Double(rowCount - 1) * Double(residuals.count - 1)
            return residuals[min(max(Int(position.rounded()), 0), residuals.count - 1)]
        }
    }

    private static let groupMinimum = 50

    /// Residuals of all rows.
    package var pooled: Group
    /// Residuals by code of the group column.
    package var groups: [Group]

    /// Sorts residuals into groups; no codes means one group.
    package init(residuals: [Double], codes: [UInt8]?, codeCount: Int) {
        pooled = Group(residuals)
        var parts = [[Double]](repeating: [], count: codes == nil ? 0 : codeCount)
        if let codes {
            for row in residuals.indices { parts[Int(codes[row])].append(residuals[row]) }
        }
        groups = parts.map { Group($0) }
    }

    init(pooled: Group, groups: [Group]) {
        self.pooled = pooled
        self.groups = groups
    }

    /// Lower and upper residuals of every group at one level.
    struct Bounds: Sendable {
        private let pooled: (lower: Double, upper: Double)
        private let groups: [(lower: Double, upper: Double)]

        fileprivate init(_ intervals: ResidualIntervals, level: Double) {
            pooled = intervals.pooled.bounds(level: level)
            groups = intervals.groups.indices.map {
                intervals.group(UInt8(truncatingIfNeeded: $0)).bounds(level: level)
            }
        }

        /// The residuals a row of this group stays between.
        func at(_ code: UInt8?) -> (lower: Double, upper: Double) {
            guard let code, Int(code) < groups.count else { return pooled }
            return groups[Int(code)]
        }
    }

    /// Residuals made ready to tell what share of them lies below a number.
    struct Losses: Sendable {
        private let pooled: BorderSearch
        private let pooledCount: Double
        /// Nil where those of all rows speak.
        private let groups: [(residuals: BorderSearch, count: Double)?]

        fileprivate init(_ intervals: ResidualIntervals) {
            pooled = BorderSearch(intervals.pooled.residuals)
            pooledCount = Double(max(intervals.pooled.residuals.count, 1))
            groups = intervals.groups.map { group in
                group.rowCount < ResidualIntervals.groupMinimum
                    ? nil : (BorderSearch(group.residuals), Double(group.residuals.count))
            }
        }

        /// The share of residuals that speak for a row of this group below a number; 0 when there are none.
        func share(of code: UInt8?, below value: Double) -> Double {
            if let code, Int(code) < groups.count, let group = groups[Int(code)] {
                return Double(group.residuals.count(below: value)) / group.count
            }
            return Double(pooled.count(below: value)) / pooledCount
        }
    }

    /// Made ready to tell how likely a loss is.
    var losses: Losses { Losses(self) }

    /// What rows stay between with probability `level`.
    func bounds(level: Double) -> Bounds { Bounds(self, level: level) }

    /// The residuals that speak for a row of this group.
    package func group(_ code: UInt8?) -> Group {
        guard let code, Int(code) < groups.count else { return pooled }
        let group = groups[Int(code)]
        return group.rowCount < Self.groupMinimum ? pooled : group
    }
}
