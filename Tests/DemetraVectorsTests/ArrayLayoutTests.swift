import DemetraTesting
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `Bytes of arrays` {
    private static let types: [LogicalType] = [
        .boolean, .smallint, .integer, .bigint, .real, .double, .numeric(nil),
        .numeric(NumericModifier(precision: 12, scale: 2)),
        .numeric(NumericModifier(precision: 38, scale: 4)),
        .numeric(NumericModifier(precision: 60, scale: 4)), .text, .varchar(limit: 5), .date, .time,
        .timestamp, .timestamptz, .interval, .jsonb, .bytea, .uuid,
    ]

    /// Values with the edges of their type among them.
    private func value(_ type: LogicalType, _ random: inout SeededGenerator) -> Value {
        if random.oneIn(8) { return .null }
        let number = random.below(2001) - 1000
        switch type.physicalType {
        case .boolean: return .boolean(number > 0)
        case .int32:
            return type == .date
                ? .date(CalendarDate(days: Int32(number))) : .integer(Int64(number))
        case .int64:
            switch type {
            case .time: return .time(Int64(number + 1000))
            case .timestamp: return .timestamp(Timestamp(microseconds: Int64(number) << 30))
            case .timestamptz: return .timestamptz(Timestamp(microseconds: Int64(number) << 30))
            case .numeric: return .numeric(Decimal(unscaled: Int128(number), scale: 2))
            default:
                return .integer([Int64.min, .max, 0, -1, Int64(number)][random.below(5)])
            }
        case .float64:
            let edges = [-Double.infinity, .infinity, .nan, 0, Double(number) / 8]
            return .double(edges[random.below(edges.count)])
        case .int128: return .numeric(Decimal(unscaled: Int128(number) << 60, scale: 4))
        case .decimal:
            if number == 0, type == .numeric(nil) { return .numeric(.notANumber) }
            let scale =
                type == .numeric(nil)
                ? random.below(random.oneIn(4) ? 1_001 : 39) : type.numericScale
            if random.oneIn(3) {
                let digits = UInt256(high: UInt128(random.next()), low: UInt128(random.next()))
                return .numeric(
                    Decimal(unscaled: Int256(digits, isNegative: number < 0), scale: scale))
            }
            let wide =
                random.below(3) == 0 ? Int128(number) * Int128(Int64.max) : Int128(number)
            return .numeric(Decimal(unscaled: wide, scale: scale))
        case .interval:
            return .interval(
                Interval(
                    months: Int32(number % 3), days: Int32(number % 31),
                    microseconds: Int64(number)))
        case .text:
            let letters = Array("ab\0\u{1}ü".utf8)
            let bytes = (0..<random.below(5)).map { _ in letters[random.below(4)] }
            return type == .bytea ? .bytes(bytes) : .text(String(decoding: bytes, as: UTF8.self))
        }
    }

    private func arrays(_ type: LogicalType, _ random: inout SeededGenerator) -> [[Value]] {
        (0..<60).map { _ in (0..<random.below(5)).map { _ in value(type, &random) } }
    }

    @Test(arguments: types, Seed.some(4))
    func `give back what was put in`(type: LogicalType, seed: Seed) {
        var random = seed.generator
        let arrays = arrays(type, &random)
        let vector = Vector(arrays.map { .array($0) }, type: .array(type))
        for (row, array) in arrays.enumerated() {
            let back = vector.value(at: row)
            guard case .array(let elements) = back else {
                Issue.record("no array")
                continue
            }
            #expect(elements.map { "\($0)" } == array.map { "\($0)" })
        }
    }

    @Test(arguments: types, Seed.some(4))
    func `compare as the arrays do`(type: LogicalType, seed: Seed) {
        var random = seed.generator
        let (left, right) = (arrays(type, &random), arrays(type, &random))
        let arrayType = LogicalType.array(type)
        for op in [ComparisonOperator.less, .equal] {
            let verdicts = CompareKernel.compare(
                op, Vector(left.map { .array($0) }, type: arrayType),
                Vector(right.map { .array($0) }, type: arrayType))
            for row in left.indices {
                let order = order(left[row], right[row], type)
                let expected = op == .less ? order < 0 : order == 0
                #expect(
                    verdicts.value(at: row) == .boolean(expected),
                    "\(left[row]) \(op) \(right[row])")
            }
        }
    }

    /// Element by element through vectors of the element type; NULL is the greatest, then length.
    private func order(_ left: [Value], _ right: [Value], _ type: LogicalType) -> Int {
        for (a, b) in zip(left, right) {
            if a.isNull || b.isNull {
                if a.isNull != b.isNull { return a.isNull ? 1 : -1 }
                continue
            }
            let (x, y) = (Vector([a], type: type), Vector([b], type: type))
            if CompareKernel.compare(.less, x, y).value(at: 0) == .boolean(true) { return -1 }
            if CompareKernel.compare(.greater, x, y).value(at: 0) == .boolean(true) { return 1 }
        }
        return left.count - right.count
    }

    @Test(arguments: types, Seed.some(2))
    func `group equal arrays together`(type: LogicalType, seed: Seed) throws {
        var random = seed.generator
        let rows = arrays(type, &random)
        let vector = Vector(rows.map { .array($0) }, type: .array(type))
        let table = GroupTable(keyTypes: [.array(type)])
        let groups = try table.assign([vector], count: vector.count)
        for a in rows.indices {
            for b in rows.indices {
                #expect((groups[a] == groups[b]) == (order(rows[a], rows[b], type) == 0))
            }
        }
    }
}
