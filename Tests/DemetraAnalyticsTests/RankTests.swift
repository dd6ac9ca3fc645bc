import DemetraAnalytics
import DemetraVectors
import Testing

@Suite struct `Ranks of many numbers` {
    /// How many are below, and half of those that are equal besides.
    private func expected(_ values: [Double]) -> [Double] {
        values.map { value in
            let below = values.count { $0 < value }
            let equal = values.count { $0 == value }
            return Double(below) + Double(equal - 1) / 2
        }
    }

    @Test func `are those of the order of the numbers, and equal numbers share theirs`() {
        let values = [
            0.0, -0.0, 1, -1, .infinity, -.infinity, .leastNonzeroMagnitude,
            -.leastNonzeroMagnitude, 1e300, -1e300, 1, 2, -1,
        ]
        #expect(OrderStatistics.ranks(values) == expected(values))
        #expect(OrderStatistics.ranks([]) == [])
        #expect(OrderStatistics.ranks([7]) == [0])
        #expect(OrderStatistics.ranks([3, 3, 3]) == [1, 1, 1])
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `hold for random numbers with many ties`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let values = (0..<700).map { _ in
            (generator.normal() * 20).rounded() * (generator.uniform() < 0.1 ? 1e200 : 0.37)
        }
        #expect(OrderStatistics.ranks(values) == expected(values), "seed \(seed)")
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `give the number at any rank, with smaller ones before it`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for count in [1, 2, 16, 17, 18, 200, 1_001] {
            let values = (0..<count).map { _ in
                generator.uniform() < 0.05 ? .infinity : (generator.normal() * 9).rounded()
            }
            let sorted = values.sorted()
            for rank in [0, count / 3, count / 2, count - 1] {
                var moved = values
                #expect(Median.smallest(rank, of: &moved) == sorted[rank], "seed \(seed)")
                #expect(moved[..<rank].allSatisfy { $0 <= sorted[rank] }, "seed \(seed)")
                #expect(moved.sorted() == sorted, "seed \(seed)")
            }
            var moved = values
            let middle = sorted[(count - 1) / 2] / 2 + sorted[count / 2] / 2
            #expect(Median.of(&moved) == middle, "seed \(seed)")
        }
    }
}
