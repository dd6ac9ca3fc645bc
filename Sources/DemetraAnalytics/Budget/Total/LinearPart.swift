/// What the linear part of a total outcome leaves to the channels.
///
/// A prior N(0, s²) of a coefficient is worth one more period in which nothing was spent, nothing came in and the column
/// had the value noise / s. Such periods are appended, so everything behind works as without priors.
///
/// - Source: Theil and Goldberger, "On pure and mixed statistical estimation in economics", 1961.
struct LinearPart {
    /// The space of the columns; vectors as long as `outcome`.
    let basis: OrthonormalBasis
    /// The outcome less its linear part: a value per row, then one per prior.
    let outcome: [Double]

    /// Takes the controls of `rows` out of an outcome that has a mean of 1 or -1.
    init(_ history: SpendHistory, outcome: [Double], rows: [Int], channels: [Int]) {
        let controls = SeasonalControls(history)
        let columns = controls.columns.map { column in rows.map { column[$0] } }
        let plain = controls.plainColumns.map { columns[$0] }
        guard let noise = Self.noise(outcome, plain, history, rows, channels) else {
            basis = OrthonormalBasis(plain)
            self.outcome = basis.residual(of: outcome)
            return
        }
        let believed = columns.indices.filter { controls.spreads[$0].isFinite }
        let extended = columns.indices.map { index in
            columns[index]
                + believed.map { $0 == index ? noise / controls.spreads[index] : 0 }
        }
        basis = OrthonormalBasis(extended)
        self.outcome = basis.residual(of: outcome + believed.map { _ in 0 })
    }

    /// The deviation of the errors when channels act in proportion to their spends of late; nil when there are too
    /// few rows to tell.
    private static func noise(
        _ outcome: [Double], _ controls: [[Double]], _ history: SpendHistory, _ rows: [Int],
        _ channels: [Int]
    ) -> Double? {
        let kernel = AdstockKernel(retention: 0.25, lagCount: history.lagCount)
        let spends = channels.map { channel in
            let series = kernel.applied(to: history.spend[channel])
            return rows.map { series[$0] }
        }
        let basis = OrthonormalBasis(controls + spends)
        let freedom = rows.count - basis.vectors.count
        guard freedom >= 3 else { return nil }
        var square = 0.0
        for value in basis.residual(of: outcome) { square += value * value }
        return (square / Double(freedom)).squareRoot()
    }
}
