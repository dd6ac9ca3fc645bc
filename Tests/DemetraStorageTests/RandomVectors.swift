import DemetraTesting
import DemetraTypes
import DemetraVectors

/// Vectors for laws: every type, every shape of values that an encoding looks for.
enum RandomVectors {
    static let types: [LogicalType] = [
        .boolean, .smallint, .integer, .bigint, .real, .double,
        .numeric(NumericModifier(precision: 12, scale: 2)),
        .numeric(NumericModifier(precision: 38, scale: 6)), .numeric(nil), .text, .date, .time,
        .timestamp, .timestamptz, .interval, .jsonb, .bytea,
    ]

    /// What the values look like.
    enum Shape: CaseIterable {
        case constant, narrow, multiples, ascending, steps, wide, extremes
    }

    static func vector(
        _ type: LogicalType, _ shape: Shape, count: Int, nullsOneIn: Int?,
        _ random: inout SeededGenerator
    ) -> Vector {
        var builder = VectorBuilder(type: type, capacity: count)
        var last: Int64 = Int64(random.below(1_000))
        for row in 0..<count {
            if let nullsOneIn, random.oneIn(nullsOneIn) {
                builder.appendNull()
                continue
            }
            last = number(shape, row, last, &random)
            append(last, type, shape, &builder, &random)
        }
        return builder.finish()
    }

    private static func number(
        _ shape: Shape, _ row: Int, _ last: Int64, _ random: inout SeededGenerator
    ) -> Int64 {
        switch shape {
        case .constant: last
        case .narrow: Int64(random.below(100)) - 50
        case .multiples: Int64(random.below(24)) * 3_600_000_000
        case .ascending: last + Int64(random.below(5))
        case .steps: last + 7
        case .wide: Int64(bitPattern: random.next())
        case .extremes: [Int64.min, .max, 0, -1, 1][random.below(5)]
        }
    }

    private static let doubles: [Double] = [
        .nan, .infinity, -.infinity, -0.0, 0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
        .leastNormalMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 0.1, 1.0 / 3,
        Double(bitPattern: 0x7ff8_0000_0000_0001), 9_007_199_254_740_994,
    ]

    private static func append(
        _ number: Int64, _ type: LogicalType, _ shape: Shape, _ builder: inout VectorBuilder,
        _ random: inout SeededGenerator
    ) {
        switch type.physicalType {
        case .boolean: builder.append(boolean: number & 1 == 0)
        case .int32: builder.append(int32: Int32(truncatingIfNeeded: number))
        case .int64: builder.append(int64: number)
        case .float64:
            switch shape {
            case .extremes: builder.append(double: doubles[random.below(doubles.count)])
            case .wide: builder.append(double: Double(bitPattern: UInt64(bitPattern: number)))
            default: builder.append(double: Double(number) / 100)
            }
        case .int128:
            let isWide = shape == .wide || shape == .extremes
            builder.append(
                int128: isWide ? Int128(number) << 63 ^ Int128(random.next()) : Int128(number))
        case .decimal: builder.append(decimal: decimal(number, shape, &random))
        case .interval:
            builder.append(
                interval: Interval(
                    months: Int32(truncatingIfNeeded: number),
                    days: Int32(truncatingIfNeeded: number >> 7), microseconds: number))
        case .text: builder.append(text: text(number, shape))
        }
    }

    private static func decimal(
        _ number: Int64, _ shape: Shape, _ random: inout SeededGenerator
    ) -> Decimal {
        if shape == .extremes, random.oneIn(3) { return .notANumber }
        if shape == .extremes, random.oneIn(2) {
            let digits = UInt256(high: UInt128(random.next()), low: UInt128(random.next()) << 60)
            return Decimal(
                unscaled: Int256(digits, isNegative: number < 0), scale: random.below(1_001))
        }
        return Decimal(unscaled: Int128(number), scale: random.below(shape == .wide ? 9 : 2))
    }

    private static func text(_ number: Int64, _ shape: Shape) -> String {
        switch shape {
        case .extremes: ["", "ä€😀", "\u{0}", String(repeating: "x", count: 5_000)][Int(number & 3)]
        default: "campaign \(number)"
        }
    }
}

extension Vector {
    /// Equal bit for bit: NaN is itself, -0.0 is not 0.0.
    func isIdentical(to other: Vector) -> Bool {
        guard count == other.count, type == other.type else { return false }
        return (0..<count).allSatisfy { row in
            switch (value(at: row), other.value(at: row)) {
            case (.double(let a), .double(let b)): a.bitPattern == b.bitPattern
            case (let a, let b): a == b
            }
        }
    }
}
