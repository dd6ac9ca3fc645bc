import DemetraStorage
import DemetraTesting
import DemetraTypes
import Testing

@Suite struct `Forms of integers` {
    /// Every shape and count that a form can hold comes back; some of them must be ones it can hold.
    private func expectLaw(_ form: IntegerForm, seed: Seed = Seed(11)) throws {
        var random = seed.generator
        var held = 0
        for shape in RandomIntegers.Shape.allCases {
            for count in RandomIntegers.counts {
                let values = RandomIntegers.values(shape, count: count, &random)
                guard let bytes = IntegerEncoding.bytes(of: values, as: form) else { continue }
                held += 1
                #expect(bytes.first == form.rawValue)
                let read = try IntegerEncoding.values(of: bytes, count: count)
                #expect(read == values, "\(form) of \(shape), \(count) rows, \(seed)")
            }
        }
        #expect(held >= RandomIntegers.counts.count)
    }

    @Test func `plain keeps every value`() throws { try expectLaw(.plain) }
    @Test func `constant keeps one value`() throws { try expectLaw(.constant) }
    @Test func `packed keeps distances from the least value`() throws { try expectLaw(.packed) }
    @Test func `delta keeps steps`() throws { try expectLaw(.delta) }
    @Test func `run length keeps runs`() throws { try expectLaw(.runs) }
    @Test func `patched keeps the many and the few`() throws { try expectLaw(.patched) }
    @Test func `a dictionary keeps distinct values`() throws { try expectLaw(.dictionary) }
    @Test func `steps keep steps of any form`() throws { try expectLaw(.steps) }

    @Test func `the form that is chosen keeps every value, also of none`() throws {
        var random = Seed(12).generator
        #expect(try IntegerEncoding.values(of: IntegerEncoding.bytes(of: []), count: 0) == [])
        for shape in RandomIntegers.Shape.allCases {
            for count in RandomIntegers.counts {
                let values = RandomIntegers.values(shape, count: count, &random)
                let bytes = IntegerEncoding.bytes(of: values)
                let read = try IntegerEncoding.values(of: bytes, count: count)
                #expect(read == values, "\(shape), \(count) rows")
            }
        }
    }

    @Test func `equal steps take no bits, as delta of delta would, and jitter takes its own`() {
        let minutes = (0..<65_536).map { Int64($0) * 60_000_000 }
        #expect(IntegerEncoding.bytes(of: minutes).count < 64)
        var random = Seed(13).generator
        let jittered = minutes.map { $0 + Int64(random.below(1_000)) }
        // A step jitters by both of its ends: eleven bits.
        #expect(IntegerEncoding.bytes(of: jittered).count < 65_536 * 11 / 8 + 128)
    }

    @Test func `each shape takes about what it is worth`() {
        var random = Seed(14).generator
        func bits(_ shape: RandomIntegers.Shape) -> Double {
            let values = RandomIntegers.values(shape, count: 65_536, &random)
            return Double(IntegerEncoding.bytes(of: values).count * 8) / 65_536
        }
        #expect(bits(.constant) < 0.1)
        #expect(bits(.hours) < 1.5)
        #expect(bits(.runs) < 1.5)
        #expect(bits(.outliers) < 8)
        #expect(bits(.ids) < 7)
        #expect(bits(.ascending) < 4)
    }

    @Test func `an exception next to the greatest and the least number is kept`() throws {
        var values = (0..<1_000).map { Int64($0 % 4) }
        (values[17], values[500], values[999]) = (.max / 2, -.max / 2, .max / 2 - 1)
        let bytes = try #require(IntegerEncoding.bytes(of: values, as: .patched))
        #expect(try IntegerEncoding.values(of: bytes, count: 1_000) == values)
        #expect(bytes.count < 400)
    }
}
