import DemetraTesting
import DemetraTypes
import DemetraVectors
import Testing

/// Columns of keys and their rows.
private struct KeyRows {
    var vectors: [Vector]
    var rows: [[Value]]

    init(_ types: [LogicalType], count: Int, nullShare: Double, _ source: inout RandomColumn) {
        let columns = types.map { source.column($0, count: count, nullShare: nullShare) }
        vectors = columns.map(\.vector)
        rows = (0..<count).map { row in columns.map { $0.values[row] } }
    }
}

@Suite struct `Keys` {
    @Test(arguments: RandomColumn.keyTypes)
    func `hash alike when they are equal`(types: [LogicalType]) {
        var source = RandomColumn(seed: 1_000)
        for count in RandomColumn.lengths where count < 200 {
            let keys = KeyRows(types, count: count, nullShare: 0.2, &source)
            let hashes = HashKernel.hash(keys.vectors, count: count).array
            for (row, other) in zip(keys.rows.indices, keys.rows.indices.dropFirst())
            where ScalarReference.isSame(keys.rows[row], keys.rows[other]) {
                #expect(hashes[row] == hashes[other], "seed \(source.random.seed)")
            }
        }
    }

    @Test(arguments: RandomColumn.keyTypes)
    func `get one group number for each distinct row, in order`(types: [LogicalType]) throws {
        var source = RandomColumn(seed: 1_100)
        for nullShare in [0, 0.2] {
            let table = GroupTable(keyTypes: types)
            var groups: [[Value]] = []
            for count in RandomColumn.lengths {
                let keys = KeyRows(types, count: count, nullShare: nullShare, &source)
                let assigned = try table.assign(keys.vectors, count: count)
                let expected = keys.rows.map { row -> Int32 in
                    if let group = groups.firstIndex(where: { ScalarReference.isSame($0, row) }) {
                        return Int32(group)
                    }
                    groups.append(row)
                    return Int32(groups.count - 1)
                }
                #expect(assigned.array == expected, "seed \(source.random.seed), \(count) rows")
            }
            #expect(table.groupCount == groups.count)
            let columns = table.keyVectors().map(\.values)
            for (group, row) in groups.enumerated() {
                let kept = columns.map { $0[group] }
                #expect(ScalarReference.isSame(kept, row), "seed \(source.random.seed)")
            }
        }
    }

    @Test(arguments: RandomColumn.keyTypes)
    func `of two tables merge into one`(types: [LogicalType]) throws {
        var source = RandomColumn(seed: 1_200)
        let (one, other) = (GroupTable(keyTypes: types), GroupTable(keyTypes: types))
        let first = KeyRows(types, count: 300, nullShare: 0.2, &source)
        let second = KeyRows(types, count: 300, nullShare: 0.2, &source)
        _ = try one.assign(first.vectors, count: 300)
        let assigned = try other.assign(second.vectors, count: 300)
        let map = try one.merge(other)
        let direct = try one.assign(second.vectors, count: 300)
        #expect(assigned.array.map { map[Int($0)] } == direct.array, "seed \(source.random.seed)")
    }

    @Test(arguments: RandomColumn.keyTypes)
    func `are distinct once`(types: [LogicalType]) throws {
        var source = RandomColumn(seed: 1_300)
        let table = DistinctTable(keyTypes: types)
        var seen: [[Value]] = []
        for count in RandomColumn.lengths {
            let keys = KeyRows(types, count: count, nullShare: 0.2, &source)
            let new = try table.insert(keys.vectors, count: count)
            var expected: [Int32] = []
            for (row, values) in keys.rows.enumerated()
            where !seen.contains(where: { ScalarReference.isSame($0, values) }) {
                seen.append(values)
                expected.append(Int32(row))
            }
            #expect(new.indices.array == expected, "seed \(source.random.seed), \(count) rows")
        }
    }
}

@Suite struct `Joins` {
    @Test(arguments: RandomColumn.keyTypes, [1, 3, 4_096])
    func `find every pair of equal keys and no other`(types: [LogicalType], limit: Int) throws {
        var source = RandomColumn(seed: 1_400)
        for (buildCount, probeCount) in [(0, 65), (1, 64), (65, 130), (300, 0), (300, 200)] {
            let build = KeyRows(types, count: buildCount, nullShare: 0.1, &source)
            let probe = KeyRows(types, count: probeCount, nullShare: 0.1, &source)
            let nullsMatch = types.map { _ in Bool.random(using: &source.random) }
            let table = try JoinTable(
                keys: build.vectors, rowCount: buildCount, nullsMatch: nullsMatch)
            let isPair = { (left: Int, right: Int) in
                zip(zip(probe.rows[left], build.rows[right]), nullsMatch).allSatisfy {
                    pair, matches in
                    (matches && pair.0.isNull && pair.1.isNull)
                        || ScalarReference.order(pair.0, pair.1) == 0
                }
            }
            let expected = (0..<probeCount).flatMap { left in
                (0..<buildCount).filter { isPair(left, $0) }.map { [left, $0] }
            }
            let comment: Comment = "seed \(source.random.seed), \(buildCount) to \(probeCount)"
            let look = JoinProbe(table)
            look.start(keys: probe.vectors, count: probeCount)
            var found: [[Int]] = []
            while let pairs = look.next(limit: limit) {
                #expect(pairs.count <= limit)
                found += zip(pairs.probeRows.array, pairs.buildRows.array).map {
                    [Int($0), Int($1)]
                }
            }
            #expect(found == expected, comment)
            let matched = Set(expected.map { $0[0] })
            #expect(
                look.matches(keys: probe.vectors, count: probeCount).array
                    == (0..<probeCount).map { matched.contains($0) ? 1 : 0 }, comment)
            let firsts = look.firstMatches(keys: probe.vectors, count: probeCount).array
            for row in 0..<probeCount {
                let first = expected.first { $0[0] == row }?[1] ?? -1
                #expect(Int(firsts[row]) == first, comment)
            }
        }
    }
}
