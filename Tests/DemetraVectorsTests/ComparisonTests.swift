import DemetraTesting
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `Comparisons` {
    static let operators: [ComparisonOperator] = [
        .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual,
    ]

    @Test(arguments: RandomColumn.types, RandomColumn.lengths)
    func `give what comparing value by value gives`(type: LogicalType, count: Int) {
        var source = RandomColumn(seed: UInt64(count) &* 31 &+ 7)
        for _ in 0..<6 {
            let (left, leftVector) = source.column(type, count: count)
            let (right, rightVector) = source.column(type, count: count)
            for op in Self.operators {
                let expected = zip(left, right).map { ScalarReference.compare(op, $0, $1) }
                let comment: Comment = "seed \(source.random.seed), \(type) \(op)"
                let result = CompareKernel.compare(op, leftVector, rightVector)
                #expect(result.values == expected.map(ScalarReference.value), comment)
                let rows = CompareKernel.select(op, leftVector, rightVector, within: nil)
                let isTrue = expected.indices.filter { expected[$0] == true }.map(Int32.init)
                #expect(rows.indices.array == isTrue, comment)
            }
        }
    }

    @Test(arguments: RandomColumn.types)
    func `within a selection look at its rows only`(type: LogicalType) {
        var source = RandomColumn(seed: 11)
        for count in RandomColumn.lengths {
            let (left, leftVector) = source.column(type, count: count)
            let (right, rightVector) = source.column(type, count: count)
            let some = (0..<count).filter { _ in Bool.random(using: &source.random) }
            let within = SelectionVector(Buffer(some.map(Int32.init)))
            for op in Self.operators {
                let expected = some.filter {
                    ScalarReference.compare(op, left[$0], right[$0]) == true
                }
                let rows = CompareKernel.select(op, leftVector, rightVector, within: within)
                #expect(
                    rows.indices.array == expected.map(Int32.init),
                    "seed \(source.random.seed), \(type) \(op), \(count) rows")
            }
        }
    }

    @Test(arguments: RandomColumn.types)
    func `IS DISTINCT FROM knows NULL as a value`(type: LogicalType) {
        var source = RandomColumn(seed: 12)
        for count in RandomColumn.lengths {
            let (left, leftVector) = source.column(type, count: count, nullShare: 0.5)
            let (right, rightVector) = source.column(type, count: count, nullShare: 0.5)
            let expected = zip(left, right).map { Value.boolean(!ScalarReference.isSame($0, $1)) }
            #expect(
                CompareKernel.isDistinct(leftVector, rightVector).values == expected,
                "seed \(source.random.seed), \(count) rows")
        }
    }

    @Test(arguments: RandomColumn.types, [true, false])
    func `IN finds the values of its list`(type: LogicalType, hasNull: Bool) {
        var source = RandomColumn(seed: 13)
        for count in RandomColumn.lengths {
            let (values, vector) = source.column(type, count: count)
            let list = source.values(type, count: count % 5, nullShare: 0)
            let set = SetMembership(values: list, type: type)
            let expected = values.map { value -> Bool? in
                if value.isNull { return nil }
                if list.contains(where: { ScalarReference.isSame($0, value) }) { return true }
                return hasNull ? nil : false
            }
            let comment: Comment = "seed \(source.random.seed), \(count) rows in \(list)"
            let result = set.test(vector, nullWhenAbsent: hasNull)
            // An empty list has nothing to compare with: NULL IN () is NULL here, and the planner
            // never asks.
            #expect(result.values == expected.map(ScalarReference.value), comment)
            let isTrue = expected.indices.filter { expected[$0] == true }.map(Int32.init)
            #expect(set.select(vector, within: nil).indices.array == isTrue, comment)
        }
    }

    @Test func `a memo kept from batch to batch changes nothing`() {
        var source = RandomColumn(seed: 14)
        let memo = DictionaryMemo<UInt8>()
        let constant = Value.text("ab")
        let (first, vector) = source.column(.text, count: 700, nullShare: 0.2, shape: .dictionary)
        for start in stride(from: 0, to: 700, by: 100) {
            let part = vector.slice(from: start, count: 100)
            let result = CompareKernel.compare(
                .less, part, .constant(constant, type: .text, count: 100), memo: memo)
            let expected = first[start..<start + 100].map {
                ScalarReference.value(ScalarReference.compare(.less, $0, constant))
            }
            #expect(result.values == expected)
        }
    }
}
