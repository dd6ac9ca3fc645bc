import DemetraStorage
import DemetraTesting
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `Columns of a few rows` {
    /// Texts by their codes in a dictionary; nil for NULL.
    private func vector(_ texts: [String], _ codes: [Int32?]) -> Vector {
        var builder = TextBuilder(capacity: texts.count)
        for text in texts { builder.append(text) }
        return Vector(
            type: .text, count: codes.count, validity: ValidityMask(codes.map { $0 != nil }),
            storage: .dictionary(
                codes: Buffer(codes.map { $0 ?? 0 }), VectorDictionary(values: builder.freeze())))
    }

    @Test(arguments: RandomVectors.types)
    func `give back every value bit for bit`(type: LogicalType) throws {
        var random = Seed(UInt64(type.description.utf8.reduce(11) { $0 &* 31 + UInt($1) }))
            .generator
        for shape in RandomVectors.Shape.allCases {
            for count in 0...8 {
                for nulls in [nil, 3, 1] {
                    let vector = RandomVectors.vector(
                        type, shape, count: count, nullsOneIn: nulls, &random)
                    let decoded = try FewRowsCodec.vector(
                        of: FewRowsCodec.bytes(of: vector), count: count)
                    #expect(decoded.type == type)
                    #expect(
                        decoded.isIdentical(to: vector),
                        "\(shape), \(count) rows, a null in \(nulls.map { "\($0)" } ?? "none")")
                }
            }
        }
    }

    @Test func `keep texts of a dictionary in one`() throws {
        let vector = vector(["", "meta", "unused", "vk"], [1, nil, 3, 1, 0])
        let decoded = try FewRowsCodec.vector(of: FewRowsCodec.bytes(of: vector), count: 5)
        let texts: [Value] = [.text("meta"), .null, .text("vk"), .text("meta"), .text("")]
        #expect((0..<5).map { decoded.value(at: $0) } == texts)
        #expect(decoded.dictionary?.dictionary.count == 3)
    }

    @Test func `are nulls without a dictionary when nothing else is left of one`() throws {
        let null = vector(["meta"], [0, nil]).slice(from: 1, count: 1)
        let decoded = try FewRowsCodec.vector(of: FewRowsCodec.bytes(of: null), count: 1)
        #expect(decoded.value(at: 0) == .null)
        #expect(decoded.dictionary == nil)
    }

    @Test(arguments: Seed.some(60))
    func `end in an error when the bytes are others`(seed: Seed) {
        var random = seed.generator
        for type in RandomVectors.types {
            let vector = RandomVectors.vector(
                type, random.oneIn(2) ? .wide : .extremes, count: 5, nullsOneIn: 3, &random)
            let bytes = FewRowsCodec.bytes(of: vector)
            for _ in 0..<20 {
                var hostile = bytes
                hostile[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
                if random.oneIn(3) { hostile.removeLast(random.below(hostile.count)) }
                do throws(DemetraError) {
                    #expect(try FewRowsCodec.vector(of: hostile, count: 5).count == 5)
                } catch {
                    #expect(error.sqlState == .dataCorrupted, "\(seed): \(error)")
                }
            }
        }
    }
}
