import DemetraStorage
import DemetraTesting
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `Column encodings` {
    static let counts = [0, 1, 2, 63, 64, 65, 2_048, 5_000]

    @Test(arguments: RandomVectors.types)
    func `give back every value of every shape bit for bit`(type: LogicalType) throws {
        var random = Seed(UInt64(type.description.utf8.reduce(7) { $0 &* 31 + UInt($1) })).generator
        for shape in RandomVectors.Shape.allCases {
            for count in Self.counts {
                for nulls in [nil, 7, 2, 1] {
                    let vector = RandomVectors.vector(
                        type, shape, count: count, nullsOneIn: nulls, &random)
                    let decoded = try ColumnEncoding.decode(
                        ColumnEncoding.encode(vector), type: type, dictionary: nil, name: "a column"
                    )
                    #expect(
                        decoded.isIdentical(to: vector),
                        "\(shape), \(count) rows, a null in \(nulls.map { "\($0)" } ?? "none")")
                }
            }
        }
    }

    @Test func `keep a full row group of each type`() throws {
        var random = Seed(5).generator
        for type in RandomVectors.types {
            let vector = RandomVectors.vector(
                type, .narrow, count: 65_536, nullsOneIn: nil, &random)
            let decoded = try ColumnEncoding.decode(
                ColumnEncoding.encode(vector), type: type, dictionary: nil, name: "a column")
            #expect(decoded.isIdentical(to: vector), "\(type)")
        }
    }

    @Test func `leave zero where a value is null`() throws {
        let vector = Vector([.integer(900), .null, .integer(901)], type: .bigint)
        let decoded = try ColumnEncoding.decode(
            ColumnEncoding.encode(vector), type: .bigint, dictionary: nil, name: "a column")
        guard case .int64(let buffer) = decoded.storage else {
            Issue.record("not 64-bit integers")
            return
        }
        #expect(buffer.array == [900, 0, 901])
    }

    @Test func `take few bits for hours, cents and codes`() {
        let hours = Vector(
            (0..<65_536).map {
                .timestamp(Timestamp(microseconds: Int64($0 / 60) * 3_600_000_000))
            },
            type: .timestamp)
        #expect(ColumnEncoding.encode(hours).count < 65_536 * 2)
        let cents = Vector(
            (0..<65_536).map { .double(Double($0 * 7 % 10_000) / 100) }, type: .double)
        #expect(ColumnEncoding.encode(cents).count < 65_536 * 2)
        let same = Vector(Array(repeating: .integer(42), count: 65_536), type: .bigint)
        #expect(ColumnEncoding.encode(same).count < 64)
    }
}
