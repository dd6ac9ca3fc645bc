/// Brings amounts to whole cents without losing one: their sum is the wanted total to the cent.
package enum CentRounding {
    /// `amounts` rounded down to cents, the cents missing from `total` given to those that lost most,
    /// within `maximum`; a total that is no whole number of cents leaves its rest with the largest.
    ///
    /// Totals under 1 are kept as they are: cents would lose them.
    package static func rounded(
        _ amounts: [Double], total: Double, minimum: [Double], maximum: [Double]
    ) -> [Double] {
        guard total >= 1, total < 1e13 else { return amounts }
        var cents = amounts.indices.map { index in
            max(
                (amounts[index] * 100 + 1e-7).rounded(.down),
                (minimum[index] * 100 - 1e-7).rounded(.up))
        }
        let wanted = (total * 100 + 1e-6).rounded(.down)
        var missing = wanted - cents.reduce(0, +)
        let byLoss = amounts.indices.sorted { left, right in
            let (a, b) = (amounts[left] * 100 - cents[left], amounts[right] * 100 - cents[right])
            return a != b ? a > b : left < right
        }
        // At most one cent a channel was rounded away; minimums may have taken as many.
        for _ in 0..<3 where missing != 0 {
            for index in byLoss where missing != 0 {
                if missing > 0, cents[index] + 1 <= maximum[index] * 100 + 1e-6 {
                    cents[index] += 1
                    missing -= 1
                } else if missing < 0, cents[index] - 1 >= minimum[index] * 100 - 1e-6 {
                    cents[index] -= 1
                    missing += 1
                }
            }
        }
        return cents.map { $0 / 100 }
    }
}
