import DemetraTesting
import DemetraTypes
import DemetraVectors

/// How a vector keeps its rows; results must not depend on it.
enum VectorShape: CaseIterable {
    case flat, dictionary, constant
}

/// Columns of random values, with the values that tempt a kernel to be wrong.
struct RandomColumn {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// Lengths around the words of a mask and the batch.
    static let lengths = [0, 1, 2, 63, 64, 65, 127, 128, 700, 2_048]

    /// One type for each physical form, and those that share one.
    static let types: [LogicalType] = [
        .boolean, .smallint, .integer, .bigint, .double, .text, .date, .timestamp, .timestamptz,
        .interval, .numeric(nil), .numeric(NumericModifier(precision: 12, scale: 2)),
        .numeric(NumericModifier(precision: 30, scale: 6)),
    ]

    /// Keys of one column and of several, which pack into one word and into more.
    static let keyTypes: [[LogicalType]] =
        types.map { [$0] } + [
            [.text, .date], [.integer, .bigint], [.text, .text, .boolean],
            [.double, .text], [.numeric(nil), .date, .bigint, .interval],
            [.numeric(NumericModifier(precision: 12, scale: 2)), .timestamp],
        ]

    /// Values of a type, of few distinct ones, so that they meet; a share of them NULL.
    mutating func values(_ type: LogicalType, count: Int, nullShare: Double = 0.2) -> [Value] {
        (0..<count).map { _ in
            Double.random(in: 0..<1, using: &random) < nullShare ? .null : value(type)
        }
    }

    /// Values and a vector of them in one of the shapes that the type allows.
    mutating func column(
        _ type: LogicalType, count: Int, nullShare: Double = 0.2
    ) -> (values: [Value], vector: Vector) {
        let shape = VectorShape.allCases.randomElement(using: &random) ?? .flat
        return column(type, count: count, nullShare: nullShare, shape: shape)
    }

    /// Values and a vector of them; a shape that the type has not is flat instead.
    mutating func column(
        _ type: LogicalType, count: Int, nullShare: Double, shape: VectorShape
    ) -> (values: [Value], vector: Vector) {
        switch shape {
        case .constant:
            let one = values(type, count: 1, nullShare: nullShare)[0]
            let vector = Vector.constant(one, type: type, count: count)
            return (Array(repeating: one, count: count), vector)
        case .dictionary where type == .text:
            let values = values(type, count: count, nullShare: nullShare)
            return (values, Self.dictionary(of: values))
        default:
            let values = values(type, count: count, nullShare: nullShare)
            return (values, Vector(values, type: type))
        }
    }

    /// A dictionary vector with an entry more than is used, in an order that is not sorted.
    static func dictionary(of values: [Value]) -> Vector {
        var texts: [String] = ["never used"]
        let codes: [Int32] = values.map { value in
            guard case .text(let text) = value else { return 0 }
            if let place = texts.firstIndex(of: text) { return Int32(place) }
            texts.append(text)
            return Int32(texts.count - 1)
        }
        var builder = TextBuilder(capacity: texts.count)
        for text in texts { builder.append(text) }
        return Vector(
            type: .text, count: values.count, validity: ValidityMask(values.map { !$0.isNull }),
            storage: .dictionary(
                codes: Buffer(codes), VectorDictionary(values: builder.freeze())))
    }

    /// One value, often an extreme one.
    mutating func value(_ type: LogicalType) -> Value {
        let small = Int64.random(in: -3...3, using: &random)
        let isExtreme = Int.random(in: 0..<12, using: &random) == 0
        switch type {
        case .boolean: return .boolean(small > 0)
        case .smallint: return .integer(isExtreme ? (small > 0 ? 32_767 : -32_768) : small)
        case .integer:
            return .integer(isExtreme ? Int64(small > 0 ? Int32.max : Int32.min) : small)
        case .bigint: return .integer(isExtreme ? (small > 0 ? .max : .min) : small)
        case .double: return .double(isExtreme ? extremeDouble() : Double(small) / 2)
        case .date: return .date(CalendarDate(days: Int32(small * 40)))
        case .timestamp: return .timestamp(Timestamp(microseconds: small * 3_600_000_000))
        case .timestamptz: return .timestamptz(Timestamp(microseconds: small * 86_400_000_000))
        case .interval:
            // 30 days equal a month, 24 hours a day.
            let days = Int32.random(in: -1...1, using: &random) * 30
            return .interval(
                Interval(months: Int32(small), days: days, microseconds: small * 86_400_000_000))
        case .numeric(let modifier): return .numeric(decimal(modifier, small, isExtreme))
        default: return .text(text(small, isExtreme))
        }
    }

    private mutating func extremeDouble() -> Double {
        [
            .nan, -.nan, .infinity, -.infinity, -0.0, .leastNonzeroMagnitude,
            .greatestFiniteMagnitude,
        ]
        .randomElement(using: &random) ?? .nan
    }

    private mutating func decimal(
        _ modifier: NumericModifier?, _ small: Int64, _ isExtreme: Bool
    ) -> Decimal {
        guard let modifier else {
            // Equal numbers of different scale must be equal: 1.5 and 1.500.
            let scale = Int.random(in: 0...3, using: &random)
            let powers: [Int128] = [1, 10, 100, 1_000]
            if isExtreme { return .notANumber }
            return Decimal(unscaled: Int128(small) * powers[scale], scale: scale)
        }
        guard isExtreme else {
            return Decimal(unscaled: Int128(small) * 50, scale: modifier.scale)
        }
        var limit: Int128 = 1
        for _ in 0..<modifier.precision { limit *= 10 }
        return Decimal(unscaled: small > 0 ? limit - 1 : 1 - limit, scale: modifier.scale)
    }

    private mutating func text(_ small: Int64, _ isExtreme: Bool) -> String {
        if isExtreme { return String(repeating: "é", count: Int(small + 3) * 20) }
        return ["", "a", "ab", "abcdefgh", "abcdefghi", "äb", "b"][Int(small + 3)]
    }
}
