import DemetraTesting
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `Three-valued logic` {
    private static func and(_ left: Bool?, _ right: Bool?) -> Bool? {
        if left == false || right == false { return false }
        return left == nil || right == nil ? nil : true
    }

    private static func truths(_ values: [Value]) -> [Bool?] {
        values.map { if case .boolean(let truth) = $0 { truth } else { nil } }
    }

    @Test(arguments: RandomColumn.lengths)
    func `follows the tables of SQL`(count: Int) {
        var source = RandomColumn(seed: UInt64(count) &+ 100)
        for _ in 0..<8 {
            let (left, leftVector) = source.column(.boolean, count: count, nullShare: 0.3)
            let (right, rightVector) = source.column(.boolean, count: count, nullShare: 0.3)
            let (a, b) = (Self.truths(left), Self.truths(right))
            let comment: Comment = "seed \(source.random.seed)"
            let and = zip(a, b).map { Self.and($0, $1) }
            let or = zip(a, b).map { left, right in
                Self.and(left.map { !$0 }, right.map { !$0 }).map { !$0 }
            }
            #expect(Self.truths(LogicKernel.and(leftVector, rightVector).values) == and, comment)
            #expect(Self.truths(LogicKernel.or(leftVector, rightVector).values) == or, comment)
            #expect(
                Self.truths(LogicKernel.not(leftVector).values) == a.map { $0.map { !$0 } }, comment
            )
            #expect(
                Self.truths(LogicKernel.isTrue(leftVector).values) == a.map { $0 == true }, comment)
            #expect(
                Self.truths(LogicKernel.isFalse(leftVector).values) == a.map { $0 == false },
                comment)
            #expect(
                Self.truths(LogicKernel.isNull(leftVector).values) == a.map { $0 == nil }, comment)
            #expect(
                Self.truths(LogicKernel.isNotNull(leftVector).values) == a.map { $0 != nil },
                comment)
        }
    }

    @Test(arguments: RandomColumn.lengths)
    func `a filter keeps what is true and drops false and NULL`(count: Int) {
        var source = RandomColumn(seed: UInt64(count) &+ 200)
        for _ in 0..<4 {
            let (values, vector) = source.column(.boolean, count: count, nullShare: 0.3)
            let isTrue = values.indices.filter { values[$0] == .boolean(true) }
            let comment: Comment = "seed \(source.random.seed)"
            #expect(
                FilterKernel.select(vector, within: nil).indices.array == isTrue.map(Int32.init),
                comment)
            let some = (0..<count).filter { _ in Bool.random(using: &source.random) }
            let within = SelectionVector(Buffer(some.map(Int32.init)))
            let both = some.filter { values[$0] == .boolean(true) }
            #expect(
                FilterKernel.select(vector, within: within).indices.array == both.map(Int32.init),
                comment)
        }
    }
}

@Suite struct `Selections as sets` {
    @Test(arguments: RandomColumn.lengths)
    func `behave as sets of rows`(count: Int) {
        var source = RandomColumn(seed: UInt64(count) &+ 300)
        let first = (0..<count).filter { _ in Bool.random(using: &source.random) }
        let second = (0..<count).filter { _ in Bool.random(using: &source.random) }
        let (a, b) = (selection(first), selection(second))
        let comment: Comment = "seed \(source.random.seed)"
        let (one, other) = (Set(first), Set(second))
        #expect(rows(a.intersection(b)) == one.intersection(other).sorted(), comment)
        #expect(rows(a.union(b)) == one.union(other).sorted(), comment)
        #expect(
            rows(a.complement(count: count)) == Set(0..<count).subtracting(one).sorted(), comment)
        #expect(rows(.all(count)) == Array(0..<count))
        #expect(SelectionVector.all(count).isAll)
        #expect(a.isAll == (first == Array(0..<first.count)), comment)
        let inner = first.indices.filter { _ in Bool.random(using: &source.random) }
        #expect(rows(a.composed(with: selection(inner))) == inner.map { first[$0] }, comment)
    }

    private func selection(_ rows: [Int]) -> SelectionVector {
        SelectionVector(Buffer(rows.map(Int32.init)))
    }

    private func rows(_ selection: SelectionVector) -> [Int] {
        selection.indices.array.map(Int.init)
    }
}
