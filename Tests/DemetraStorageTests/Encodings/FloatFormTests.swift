import DemetraStorage
import DemetraTesting
import DemetraTypes
import Testing

@Suite struct `Forms of doubles` {
    private enum Shape: CaseIterable {
        case money, sensors, halves, real, special, same, mixed
    }

    private static let specials: [Double] = [
        .nan, -.nan, .infinity, -.infinity, -0.0, 0.0, .leastNonzeroMagnitude,
        .leastNormalMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
        Double(bitPattern: 0x7ff8_0000_0000_0001), Double(bitPattern: 0xfff0_0000_0000_0001),
        9_007_199_254_740_992, 9_007_199_254_740_994, 0.1, 1.0 / 3,
    ]

    private func values(
        _ shape: Shape, _ count: Int, _ random: inout SeededGenerator
    ) -> [Double] {
        (0..<count).map { _ in
            switch shape {
            case .money: Double(random.below(1_000_000)) / 100
            case .sensors: Double(random.below(40_000_000) - 20_000_000) / 1_000_000
            case .halves: Double(random.below(1_000)) / 2
            case .real: 20 + Double(random.next() >> 11) * 0x1p-53
            case .special: Self.specials[random.below(Self.specials.count)]
            case .same: 1.0 / 3
            case .mixed:
                random.oneIn(40)
                    ? Self.specials[random.below(Self.specials.count)]
                    : Double(random.below(10_000)) / 100
            }
        }
    }

    private func expectSame(_ read: [Double], _ values: [Double], _ what: String) {
        #expect(read.map(\.bitPattern) == values.map(\.bitPattern), "\(what)")
    }

    private func expectLaw(_ form: FloatForm) throws {
        var random = Seed(21).generator
        for shape in Shape.allCases {
            for count in [1, 2, 64, 65, 1_000, 65_536] {
                let values = values(shape, count, &random)
                let bytes = try #require(FloatEncoding.bytes(of: values, as: form))
                #expect(bytes.first == form.rawValue)
                let read = try FloatEncoding.values(of: bytes, count: count)
                expectSame(read, values, "\(form) of \(shape), \(count) rows")
            }
        }
    }

    @Test func `bit patterns keep every double`() throws { try expectLaw(.bits) }
    @Test func `quotients keep every double`() throws { try expectLaw(.decimals) }
    @Test func `products, which are ALP, keep every double`() throws { try expectLaw(.scaled) }
    @Test func `halves, which are ALP for real doubles, keep every double`() throws {
        try expectLaw(.halves)
    }

    @Test func `the form that is chosen keeps every double, also of none`() throws {
        var random = Seed(22).generator
        #expect(try FloatEncoding.values(of: FloatEncoding.bytes(of: []), count: 0) == [])
        for shape in Shape.allCases {
            for count in [1, 2, 64, 65, 1_000, 65_536] {
                let values = values(shape, count, &random)
                let read = try FloatEncoding.values(
                    of: FloatEncoding.bytes(of: values), count: count)
                expectSame(read, values, "\(shape), \(count) rows")
            }
        }
    }

    @Test func `decimals take the bits of their integers, and real doubles fewer than 64`() {
        var random = Seed(23).generator
        func bits(_ shape: Shape) -> Double {
            Double(FloatEncoding.bytes(of: values(shape, 65_536, &random)).count * 8) / 65_536
        }
        #expect(bits(.money) < 20.5)
        #expect(bits(.sensors) < 26.5)
        #expect(bits(.halves) < 11)
        #expect(bits(.real) < 56)
        #expect(bits(.same) < 0.1)
        #expect(bits(.mixed) < 18)
    }
}
