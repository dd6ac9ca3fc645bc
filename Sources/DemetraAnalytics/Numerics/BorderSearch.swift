/// Counts how many of many ascending borders lie below numbers that come by the million.
///
/// A number looks up a cell of equal width first: borders in lower cells lie below it, those in higher cells do not,
/// and few are left to search among. That holds however numbers round, because the cell of a larger number is never
/// a lower one.
// Immutable after init.
struct BorderSearch: Sendable {
    private static let cellCount = 4_096

    private let borders: [Double]
    private let lowest: Double
    /// 0 when the borders have no range that cells can divide.
    private let cellsPerUnit: Double
    /// Borders in lower cells than each; one more than there are cells.
    private let bordersBelow: [UInt32]

    /// Prepares borders, which ascend; others crash nothing, but mean nothing.
    init(_ borders: [Double]) {
        self.borders = borders
        lowest = borders.first ?? 0
        let perUnit = Double(Self.cellCount - 1) / ((borders.last ?? 0) - lowest)
        cellsPerUnit = perUnit.isFinite ? perUnit : 0
        var below = [UInt32](repeating: 0, count: Self.cellCount + 1)
        for border in borders where cellsPerUnit > 0 {
            below[Self.cell(border, lowest, cellsPerUnit) + 1] += 1
        }
        for cell in 0..<Self.cellCount { below[cell + 1] += below[cell] }
        bordersBelow = below
    }

    /// The cell of a number; the first one for NaN, which `max` leaves out as its second argument.
    @inline(__always)
    private static func cell(_ value: Double, _ lowest: Double, _ perUnit: Double) -> Int {
        Int(min(max(0, (value - lowest) * perUnit), Double(cellCount - 1)))
    }

    /// How many borders are less than the number, which is not NaN.
    func count(below value: Double) -> Int {
        var (lower, upper) = (0, borders.count)
        if cellsPerUnit > 0 {
            let cell = Self.cell(value, lowest, cellsPerUnit)
            (lower, upper) = (Int(bordersBelow[cell]), Int(bordersBelow[cell + 1]))
        }
        while lower < upper {
            let middle = (lower + upper) / 2
            if borders[middle] < value { lower = middle + 1 } else { upper = middle }
        }
        return lower
    }
}
