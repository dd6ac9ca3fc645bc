import DemetraTesting

/// Integers for laws: what each form of integers looks for, and what breaks it.
enum RandomIntegers {
    enum Shape: CaseIterable {
        case constant, small, hours, jittered, runs, outliers, ids, ascending, wide, extremes
    }

    static let counts = [1, 2, 3, 15, 16, 63, 64, 65, 300, 2_048, 65_536]

    static func values(
        _ shape: Shape, count: Int, _ random: inout SeededGenerator
    ) -> [Int64] {
        let ids = (0..<40).map { _ in Int64(bitPattern: random.next() >> 3) }
        var last = Int64(random.below(1_000)) - 500
        return (0..<count).map { row in
            switch shape {
            case .constant: break
            case .small: last = Int64(random.below(100)) - 50
            case .hours: last = Int64(row / 7) * 3_600_000_000
            case .jittered: last = Int64(row) * 1_000_000 + Int64(random.below(900))
            case .runs: if random.oneIn(20) { last = Int64(random.below(1_000)) }
            case .outliers:
                last = random.oneIn(30) ? Int64(random.below(1 << 40)) : Int64(random.below(16))
            case .ids: last = ids[random.below(ids.count)]
            case .ascending: last += random.oneIn(50) ? 1_000_000 : Int64(random.below(3))
            case .wide: last = Int64(bitPattern: random.next())
            case .extremes: last = [Int64.min, .max, 0, -1, 1][random.below(5)]
            }
            return last
        }
    }
}
