import DemetraTesting
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `Rows keep their values` {
    @Test(arguments: RandomColumn.types, RandomColumn.lengths)
    func `whatever the vector's shape`(type: LogicalType, count: Int) {
        var source = RandomColumn(seed: UInt64(count) &+ 400)
        for shape in VectorShape.allCases {
            let (values, vector) = source.column(type, count: count, nullShare: 0.2, shape: shape)
            let comment: Comment = "seed \(source.random.seed), \(shape)"
            #expect(same(vector.values, values), comment)
            #expect(same(vector.flattened().values, values), comment)
            #expect(same(vector.withoutConstant().values, values), comment)
            #expect(vector.hasNulls == (count > 0 && values.contains(.null)) || count == 0, comment)
        }
    }

    @Test(arguments: RandomColumn.types, RandomColumn.lengths)
    func `when they are taken, padded and sliced`(type: LogicalType, count: Int) {
        var source = RandomColumn(seed: UInt64(count) &+ 500)
        for shape in VectorShape.allCases {
            let (values, vector) = source.column(type, count: count, nullShare: 0.2, shape: shape)
            let comment: Comment = "seed \(source.random.seed), \(shape)"
            let rows: [Int] =
                count == 0
                ? [] : (0..<130).map { _ in .random(in: 0..<count, using: &source.random) }
            let taken = vector.taking(rows: Buffer(rows.map(Int32.init)))
            #expect(same(taken.values, rows.map { values[$0] }), comment)
            let padded = rows.map { Bool.random(using: &source.random) ? -1 : $0 }
            let optional = vector.takingOptional(rows: Buffer(padded.map(Int32.init)))
            #expect(same(optional.values, padded.map { $0 < 0 ? .null : values[$0] }), comment)
            let first = count / 3
            let slice = vector.slice(from: first, count: count - first)
            #expect(same(slice.values, Array(values[first...])), comment)
        }
    }

    @Test(arguments: RandomColumn.types)
    func `when parts of any shape are put together`(type: LogicalType) throws {
        var source = RandomColumn(seed: 600)
        for round in 0..<40 {
            var all: [Value] = []
            var parts: [Vector] = []
            for _ in 0..<(round % 5) {
                let count = RandomColumn.lengths.randomElement(using: &source.random) ?? 0
                let nullShare = Bool.random(using: &source.random) ? 0 : 0.3
                let shape = VectorShape.allCases.randomElement(using: &source.random) ?? .flat
                let (values, vector) = source.column(
                    type, count: count, nullShare: nullShare, shape: shape)
                all += values
                parts.append(vector)
            }
            let joined = try Vector.concatenating(parts, type: type)
            #expect(joined.count == all.count)
            #expect(same(joined.values, all), "seed \(source.random.seed), round \(round)")
        }
    }

    @Test(arguments: RandomColumn.types)
    func `when branches of CASE are blended`(type: LogicalType) throws {
        var source = RandomColumn(seed: 700)
        for count in RandomColumn.lengths {
            var expected = [Value](repeating: .null, count: count)
            let branch = (0..<count).map { _ in Int.random(in: 0..<4, using: &source.random) }
            var parts: [(SelectionVector, Vector)] = []
            for number in 0..<3 {
                let rows = branch.indices.filter { branch[$0] == number }
                let (values, vector) = source.column(type, count: rows.count)
                for (place, row) in rows.enumerated() { expected[row] = values[place] }
                parts.append((SelectionVector(Buffer(rows.map(Int32.init))), vector))
            }
            let result = try BlendKernel.blend(parts, type: type, count: count)
            #expect(
                same(result.values, expected), "seed \(source.random.seed), \(count) rows, \(type)")
        }
    }

    @Test(arguments: RandomColumn.lengths)
    func `when text is encoded by a dictionary`(count: Int) throws {
        var source = RandomColumn(seed: 800)
        let (values, vector) = source.column(.text, count: count, nullShare: 0, shape: .flat)
        let (codes, dictionary) = try #require(vector.dictionaryEncoded())
        let read = codes.array.map { Value.text(dictionary.values.string(at: Int($0))) }
        #expect(read == values)
        #expect(dictionary.count == Set(values).count, "a value is stored once")
    }

    @Test(arguments: RandomColumn.lengths)
    func `and masks count their NULLs and unite`(count: Int) {
        var source = RandomColumn(seed: 900)
        let first = (0..<count).map { _ in Bool.random(using: &source.random) }
        let second = (0..<count).map { _ in Bool.random(using: &source.random) }
        let both = ValidityMask.and(ValidityMask(first), ValidityMask(second))
        let expected = zip(first, second).map { $0 && $1 }
        #expect(both?.nullCount ?? 0 == expected.count { !$0 })
        #expect((0..<count).map { both?.isValid($0) ?? true } == expected)
        #expect(ValidityMask.allNull(count: count).nullCount == count)
    }

    private func same(_ left: [Value], _ right: [Value]) -> Bool {
        left.count == right.count && ScalarReference.isSame(left, right)
    }
}
