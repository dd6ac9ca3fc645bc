import Glibc

/// The scale on which departures are measured.
///
/// What never goes below zero - money, counts, rates - varies in proportion, so it is compared as a
/// logarithm; a small offset keeps zero finite. Anything else stays as it is.
package struct ValueScale: Sendable {
    private let offset: Double?
    /// Departures below this are nothing: one percent.
    package let floor: Double

    /// The scale for a series whose first values are `values`.
    ///
    /// - Parameter share: the offset as a share of the median.
    package init(_ values: ArraySlice<Double>, share: Double) {
        var known = values.filter { !$0.isNaN }
        let isMoney = known.allSatisfy { $0 >= 0 }
        for index in known.indices { known[index] = abs(known[index]) }
        var typical = Median.of(&known)
        if !(typical > 0) { typical = OrderStatistics.mean(known) }
        guard typical > 0 else {
            offset = nil
            floor = .leastNormalMagnitude
            return
        }
        offset = isMoney ? typical * share : nil
        floor = isMoney ? 0.01 : 0.01 * typical
    }

    /// A value on the scale.
    package func position(_ value: Double) -> Double {
        guard let offset else { return min(max(value, -1e150), 1e150) }
        return log(max(value, 0) + offset)
    }

    /// The value at a position.
    package func value(_ position: Double) -> Double {
        guard let offset else { return position }
        return max(exp(min(position, 700)) - offset, 0)
    }

    /// The position below which nothing can be, where there is one.
    package var zero: Double? { offset.map { log($0) } }
}
