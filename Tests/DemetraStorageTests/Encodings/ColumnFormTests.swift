import DemetraStorage
import DemetraTesting
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `Forms of columns` {
    private func integers(_ values: [Int64?], type: LogicalType = .bigint) -> Vector {
        var builder = VectorBuilder(type: type, capacity: values.count)
        for value in values {
            if let value { builder.append(int64: value) } else { builder.appendNull() }
        }
        return builder.finish()
    }

    private func decoded(
        _ bytes: [UInt8], _ type: LogicalType, from source: [UInt8]? = nil
    ) throws -> Vector {
        guard let source else {
            return try ColumnEncoding.decode(
                bytes, type: type, dictionary: nil, name: "a column")
        }
        return try ColumnEncoding.decode(
            bytes, type: type, dictionary: nil, name: "a column"
        ) { (column: Int) throws(DemetraError) -> Buffer<Int32> in
            #expect(column == 1)
            return try LinkedColumn.sourceCodes(source, name: "its source")
        }
    }

    @Test func `nulls by chance, in runs, at the ends, and all of them come back`() throws {
        var random = Seed(31).generator
        for count in [1, 63, 64, 65, 300, 65_536] {
            let masks: [(Int) -> Bool] = [
                { _ in random.oneIn(3) }, { $0 / 50 % 3 == 0 }, { $0 == 0 }, { $0 == count - 1 },
                { _ in true }, { $0 < count / 2 },
            ]
            for (index, isNull) in masks.enumerated() {
                let vector = integers((0..<count).map { isNull($0) ? nil : Int64($0 % 9) })
                let read = try decoded(ColumnEncoding.encode(vector), .bigint)
                #expect(read.isIdentical(to: vector), "mask \(index), \(count) rows")
            }
        }
    }

    @Test func `null rows take nothing but their place`() {
        var values: [Int64?] = []
        for row in 0..<65_536 { values.append(row % 16 == 0 ? Int64(row * 7_919 % 1_000) : nil) }
        let (bitmap, tenBitsEach) = (8_192, 5_120)
        #expect(ColumnEncoding.encode(integers(values)).count < bitmap + tenBitsEach + 200)
    }

    /// Ads with what follows from them, in the order of hours, and a number that does not follow.
    private func ads(_ count: Int) -> [Vector] {
        var random = Seed(32).generator
        let ads = (0..<count).map { _ in Int64(random.below(500)) }
        return [
            integers((0..<count).map { Int64($0 / 300) * 3_600_000_000 }, type: .timestamp),
            integers(ads.map { $0 * 1_000_003 + 120_000_000_000_000 }),
            integers(ads.map { $0 / 20 }),
            integers(ads.map { $0 % 7 == 0 ? nil : $0 % 5 }),
            integers(ads.map { _ in Int64(random.below(90)) }),
            integers(ads.map { $0 % 3 == 0 ? nil : Int64(random.below(90)) }),
        ]
    }

    @Test(arguments: [256, 5_000, 65_536])
    func `columns that follow from another come back from its codes`(count: Int) throws {
        let columns = ads(count)
        let roles = ColumnLink.roles(columns)
        if count >= 5_000 {
            guard case .source = roles[1], case .linked = roles[2], case .linked = roles[3],
                case .beside = roles[4]
            else {
                Issue.record("the ad is not found as the source: \(roles)")
                return
            }
        }
        let bytes = columns.indices.map { ColumnEncoding.encode(columns[$0], roles[$0]) }
        for (index, column) in columns.enumerated() {
            let read = try decoded(bytes[index], column.type, from: bytes[1])
            #expect(read.isIdentical(to: column), "column \(index)")
        }
        if count == 65_536 { #expect(bytes[2].count + bytes[3].count < 1_500) }
    }

    @Test func `a link to a column without codes is damage`() throws {
        let columns = ads(5_000)
        let roles = ColumnLink.roles(columns)
        let linked = ColumnEncoding.encode(columns[2], roles[2])
        for source in [ColumnEncoding.encode(columns[4]), linked, Array(linked.prefix(7)), []] {
            #expect(throws: DemetraError.self) { try decoded(linked, .bigint, from: source) }
        }
        #expect(throws: DemetraError.self) { try decoded(linked, .bigint) }
    }
}
