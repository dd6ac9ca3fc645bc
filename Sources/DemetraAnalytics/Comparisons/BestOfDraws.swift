/// The best group in each draw, found piece by piece in any order.
struct BestOfDraws: Sendable {
    private var values: [Double]
    private var lots: [UInt64]
    private var groups: [Int]

    /// No group yet.
    init(count: Int) {
        values = Array(repeating: -.infinity, count: count)
        lots = Array(repeating: 0, count: count)
        groups = Array(repeating: -1, count: count)
    }

    /// Lets a group take part; higher is better, NaN never wins. Equal values draw lots, which
    /// depend on the draw and the group alone.
    mutating func enter(_ group: Int, _ entries: [Double]) {
        let own = SeededGenerator.scrambled(UInt64(group))
        for draw in values.indices where !entries[draw].isNaN {
            let lot = SeededGenerator.scrambled(
                UInt64(draw) &* 0x9E37_79B9_7F4A_7C15 ^ own)
            enter(group, entries[draw], lot, draw)
        }
    }

    /// Takes over the winners of other groups.
    mutating func merge(_ other: BestOfDraws) {
        for draw in values.indices where other.groups[draw] >= 0 {
            enter(other.groups[draw], other.values[draw], other.lots[draw], draw)
        }
    }

    private mutating func enter(_ group: Int, _ value: Double, _ lot: UInt64, _ draw: Int) {
        guard
            groups[draw] < 0 || value > values[draw]
                || (value == values[draw] && lot > lots[draw])
        else { return }
        values[draw] = value
        lots[draw] = lot
        groups[draw] = group
    }

    /// The share of draws that each of `count` groups wins.
    func shares(count: Int) -> [Double] {
        var wins = [Double](repeating: 0, count: count)
        var total = 0.0
        for group in groups where group >= 0 {
            wins[group] += 1
            total += 1
        }
        return wins.map { total > 0 ? $0 / total : .nan }
    }
}
