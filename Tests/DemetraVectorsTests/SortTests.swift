import DemetraTesting
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `Sorting` {
    @Test(arguments: RandomColumn.keyTypes)
    func `orders rows as comparing them does, and keeps equal rows in order`(
        types: [LogicalType]
    ) {
        var source = RandomColumn(seed: 1_500)
        for count in RandomColumn.lengths {
            let columns = types.map { source.column($0, count: count) }
            let keys = columns.map {
                SortKey(
                    $0.vector, descending: Bool.random(using: &source.random),
                    nullsFirst: Bool.random(using: &source.random))
            }
            let expected = (0..<count).sorted { left, right in
                for (key, column) in zip(keys, columns) {
                    let order = order(column.values[left], column.values[right], key)
                    if order != 0 { return order < 0 }
                }
                return left < right
            }
            let comment: Comment = "seed \(source.random.seed), \(count) rows"
            #expect(
                SortKernel.permutation(keys, count: count).array == expected.map(Int32.init),
                comment)
            // Rows that were sorted apart are merged by these.
            let bytes = OrderedBytes.encode(keys, count: count)
            let merged = (0..<count).sorted { left, right in
                let order = OrderedBytes.compare(bytes, left, bytes, right)
                return order == 0 ? left < right : order < 0
            }
            #expect(merged == expected, comment)
            let prefixes = expected.map { OrderedBytes.prefix(bytes, $0) }
            #expect(zip(prefixes, prefixes.dropFirst()).allSatisfy { $0 <= $1 }, comment)
            for limit in [0, 1, 3, count / 2, count + 5] {
                #expect(
                    SortKernel.top(limit, keys, count: count).array
                        == expected.prefix(limit).map(Int32.init), "\(comment), limit \(limit)")
            }
        }
    }

    @Test(arguments: RandomColumn.keyTypes)
    func `finds where runs of equal rows begin`(types: [LogicalType]) {
        var source = RandomColumn(seed: 1_600)
        for count in RandomColumn.lengths {
            let columns = types.map { source.column($0, count: count) }
            let order = SortKernel.permutation(
                columns.map { SortKey($0.vector) }, count: count)
            let flags = BoundaryKernel.boundaries(
                columns.map(\.vector), permutation: order, count: count)
            let expected = (0..<count).map { position -> UInt8 in
                guard position > 0 else { return 1 }
                let (row, before) = (Int(order[position]), Int(order[position - 1]))
                let isSame = columns.allSatisfy {
                    ScalarReference.isSame($0.values[row], $0.values[before])
                }
                return isSame ? 0 : 1
            }
            #expect(flags.array == expected, "seed \(source.random.seed), \(count) rows")
        }
    }

    private func order(_ left: Value, _ right: Value, _ key: SortKey) -> Int {
        switch (left.isNull, right.isNull) {
        case (true, true): return 0
        case (true, false): return key.nullsFirst ? -1 : 1
        case (false, true): return key.nullsFirst ? 1 : -1
        case (false, false):
            let order = ScalarReference.order(left, right) ?? 0
            return key.descending ? -order : order
        }
    }
}
