import DemetraStorage
import DemetraTesting
import DemetraTypes
import DemetraVectors
import Testing

/// Whatever the bytes: values of the count that was asked for, or XX001; never a crash, never memory without
/// bounds.
@Suite struct `Hostile bytes` {
    /// Bytes with some changed, cut or lengthened.
    private func mutated(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0...random.below(4) {
            guard !bytes.isEmpty else { break }
            // Headers decide most: they are hit as often as all the rest.
            let index = random.below(random.oneIn(2) ? min(48, bytes.count) : bytes.count)
            switch random.below(6) {
            case 0: bytes[index] = 0xff
            case 1: bytes[index] = 0
            case 2: bytes[index] ^= 1 << UInt8(random.below(8))
            case 3: bytes = Array(bytes.prefix(index))
            case 4: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: index)
            default: bytes[index] = UInt8(truncatingIfNeeded: random.next())
            }
        }
        return bytes
    }

    private func expectOnlyDamage(_ seed: Seed, _ body: () throws(DemetraError) -> Void) {
        do throws(DemetraError) { try body() } catch {
            #expect(error.sqlState == .dataCorrupted, "\(seed): \(error)")
        }
    }

    @Test(arguments: Seed.some(60))
    func `of integers of every form`(seed: Seed) {
        var random = seed.generator
        for form in IntegerForm.allCases {
            let shape = RandomIntegers.Shape.allCases[
                random.below(RandomIntegers.Shape.allCases.count)]
            let values = RandomIntegers.values(shape, count: 400, &random)
            guard let bytes = IntegerEncoding.bytes(of: values, as: form) else { continue }
            for _ in 0..<60 {
                let hostile = mutated(bytes, &random)
                expectOnlyDamage(seed) { () throws(DemetraError) in
                    #expect(try IntegerEncoding.values(of: hostile, count: 400).count == 400)
                }
            }
        }
    }

    @Test(arguments: Seed.some(60))
    func `of doubles of every form`(seed: Seed) throws {
        var random = seed.generator
        for form in FloatForm.allCases {
            let values = (0..<400).map { _ in
                random.oneIn(30) ? 1.0 / 3 : Double(random.below(9_999)) / 100
            }
            let bytes = try #require(FloatEncoding.bytes(of: values, as: form))
            for _ in 0..<60 {
                let hostile = mutated(bytes, &random)
                expectOnlyDamage(seed) { () throws(DemetraError) in
                    #expect(try FloatEncoding.values(of: hostile, count: 400).count == 400)
                }
            }
        }
    }

    @Test(arguments: Seed.some(60))
    func `that are nothing but chance`(seed: Seed) {
        var random = seed.generator
        for _ in 0..<200 {
            var bytes = (0..<random.below(200)).map { _ in UInt8(truncatingIfNeeded: random.next())
            }
            if !bytes.isEmpty { bytes[0] = UInt8(random.below(9)) }
            expectOnlyDamage(seed) { () throws(DemetraError) in
                _ = try IntegerEncoding.values(of: bytes, count: 100)
            }
            expectOnlyDamage(seed) { () throws(DemetraError) in
                _ = try FloatEncoding.values(of: bytes, count: 100)
            }
            for type in RandomVectors.types {
                expectOnlyDamage(seed) { () throws(DemetraError) in
                    let read = try ColumnEncoding.decode(
                        bytes, type: type, dictionary: nil, name: "a column")
                    #expect(read.count <= 65_536)
                }
            }
        }
    }

    @Test(arguments: Seed.some(200))
    func `of columns of every type, alone and linked`(seed: Seed) {
        var random = seed.generator
        let type = RandomVectors.types[random.below(RandomVectors.types.count)]
        let shape = RandomVectors.Shape.allCases[random.below(RandomVectors.Shape.allCases.count)]
        let vector = RandomVectors.vector(
            type, shape, count: 300, nullsOneIn: random.oneIn(2) ? 5 : nil, &random)
        let source = Vector((0..<300).map { .integer(Int64($0 % 20) * 77) }, type: .bigint)
        let other = Vector((0..<300).map { .integer(Int64($0 % 4)) }, type: .bigint)
        let roles = ColumnLink.roles([source, other])
        let plain = ColumnEncoding.encode(vector)
        let (sourceBytes, linked) = (
            ColumnEncoding.encode(source, roles[0]), ColumnEncoding.encode(other, roles[1])
        )
        for _ in 0..<30 {
            let hostile = (
                mutated(plain, &random), mutated(linked, &random), mutated(sourceBytes, &random)
            )
            expectOnlyDamage(seed) { () throws(DemetraError) in
                let read = try ColumnEncoding.decode(
                    hostile.0, type: type, dictionary: nil, name: "a column")
                #expect(read.count <= 65_536)
            }
            expectOnlyDamage(seed) { () throws(DemetraError) in
                let read = try ColumnEncoding.decode(
                    hostile.1, type: .bigint, dictionary: nil, name: "a column"
                ) { (column: Int) throws(DemetraError) -> Buffer<Int32> in
                    try LinkedColumn.sourceCodes(hostile.2, name: "its source")
                }
                #expect(read.count <= 65_536)
            }
        }
    }
}
