/// Many tests at once: which of them may be called significant.
package enum HolmCorrection {
    /// The probabilities to compare with the level so that, with no effect anywhere, any of them is
    /// below it only as often as the level says. NaN stays NaN and counts as no test.
    ///
    /// - Source: Holm, "A simple sequentially rejective multiple test procedure", 1979.
    package static func adjusted(_ probabilities: [Double]) -> [Double] {
        var adjusted = probabilities
        let order = probabilities.indices.filter { !probabilities[$0].isNaN }
            .sorted {
                probabilities[$0] != probabilities[$1]
                    ? probabilities[$0] < probabilities[$1] : $0 < $1
            }
        var largest = 0.0
        for (place, index) in order.enumerated() {
            largest = max(largest, probabilities[index] * Double(order.count - place))
            adjusted[index] = min(largest, 1)
        }
        return adjusted
    }
}
