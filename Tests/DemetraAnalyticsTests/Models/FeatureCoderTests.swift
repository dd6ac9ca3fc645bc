import DemetraAnalytics
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `Coding features` {
    private func numbers(_ values: [Double], limit: Int) -> FeatureDefinition {
        .number(name: "x", column: "x", source: .number, values: values, limit: limit)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `a number's code is one more than the borders below it`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let even = (0..<3_000).map { _ in generator.uniform() }
        let samples = [
            even, even.map { ($0 * 20).rounded() }, even.map { 1e12 * $0 * $0 * $0 * $0 },
            even.map { 1e-9 * $0 }, even.map { $0 < 0.5 ? -1e300 : 1e300 * $0 }, [5, 5, 5], [1, 2],
        ]
        for sample in samples {
            let definition = numbers(sample, limit: 255)
            let asked = sample + definition.borders + [-1e308, 1e308, 0, -0.0]
            var unseen = 0
            let codes = FeatureCoder(definition)
                .codes(Vector(asked.map { .double($0) }, type: .double), unseen: &unseen)
            for (value, code) in zip(asked, codes) {
                #expect(Int(code) == 1 + definition.borders.count { $0 < value }, "seed \(seed)")
            }
        }
    }

    @Test func `NULL, NaN and infinity are missing`() {
        let coder = FeatureCoder(numbers([1, 2, 3], limit: 255))
        var unseen = 0
        let vector = Vector(
            [.null, .double(.nan), .double(.infinity), .double(2)], type: .double)
        #expect(coder.codes(vector, unseen: &unseen) == [0, 0, 0, 2])
        #expect(unseen == 0)
    }

    @Test func `borders of a damaged model crash nothing`() {
        let damaged: [[Double]] = [
            [1, .nan, 3], [.nan], [3, 1, 2], [-.infinity, 0, .infinity],
        ]
        for borders in damaged {
            let definition = FeatureDefinition(
                name: "x", column: "x", source: .number, borders: borders)
            var unseen = 0
            let vector = Vector([.double(-1e300), .double(2), .double(.nan)], type: .double)
            let codes = FeatureCoder(definition).codes(vector, unseen: &unseen)
            #expect(codes.allSatisfy { Int($0) <= borders.count + 1 })
            #expect(codes[2] == 0)
        }
    }

    @Test func `all numeric types give the same codes`() {
        let coder = FeatureCoder(numbers([10, 20, 30, 40], limit: 255))
        var unseen = 0
        func codes(_ values: [Value], _ type: LogicalType) -> [UInt8] {
            coder.codes(Vector(values, type: type), unseen: &unseen)
        }
        let expected: [UInt8] = [1, 2, 4, 0]
        #expect(codes([.integer(10), .integer(20), .integer(40), .null], .integer) == expected)
        #expect(codes([.integer(10), .integer(20), .integer(40), .null], .bigint) == expected)
        #expect(codes([.double(10), .double(20), .double(40), .null], .double) == expected)
        #expect(codes([.text("$10"), .text("20.0"), .text("4e1"), .null], .text) == expected)
    }

    @Test func `names give the same codes flat, by dictionary and constant`() {
        let definition = FeatureDefinition(
            name: "channel", column: "channel", source: .category, names: ["email", "tv"])
        let coder = FeatureCoder(definition)
        let texts: [Value] = [.text("tv"), .text("radio"), .text("email"), .text("tv")]
        let flat = Vector(texts, type: .text)
        var unseen = 0
        #expect(coder.codes(flat, unseen: &unseen) == [2, 0, 1, 2])
        #expect(unseen == 1)
        if let (codes, dictionary) = flat.dictionaryEncoded() {
            let coded = Vector(
                type: .text, count: 4, storage: .dictionary(codes: codes, dictionary))
            var again = 0
            #expect(coder.codes(coded, unseen: &again) == [2, 0, 1, 2])
            #expect(again == 1)
        }
        var repeated = 0
        let constant = Vector.constant(.text("radio"), type: .text, count: 3)
        #expect(coder.codes(constant, unseen: &repeated) == [0, 0, 0])
        #expect(repeated == 3)
    }
}
