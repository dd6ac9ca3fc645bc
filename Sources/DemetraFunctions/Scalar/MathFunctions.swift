import DemetraTypes
import Glibc

/// Mathematical functions.
enum MathFunctions {
    static let all: [ScalarFunction] =
        rounding + signs + powers + trigonometry + integers + constants + BucketFunctions.all

    /// A function of a double; an infinite result of a finite argument is an overflow, but for functions that have
    /// poles.
    private static func double(
        _ name: String, hasPoles: Bool = false,
        _ body: @escaping @Sendable (Double) throws(DemetraError) -> Double
    ) -> ScalarFunction {
        ScalarBuilder.function(name, [.double], .double) { (values, _) throws(DemetraError) in
            let input = values[0].doubleOrZero
            let result = try body(input)
            if result.isInfinite, input.isFinite, !hasPoles {
                throw DemetraError(.numericValueOutOfRange, "value out of range: overflow")
            }
            return .double(result)
        }
    }

    private static func decimal(
        _ name: String, _ body: @escaping @Sendable (Decimal) throws(DemetraError) -> Decimal
    ) -> ScalarFunction {
        ScalarBuilder.function(name, [.numeric(nil)], .numeric(nil)) {
            (values, _) throws(DemetraError) in .numeric(try body(values[0].decimalOrZero))
        }
    }

    private static let rounding: [ScalarFunction] = [
        double("round") { $0.rounded(.toNearestOrEven) },
        decimal("round") { value throws(DemetraError) in try value.rounded(to: 0) },
        ScalarBuilder.function("round", [.numeric(nil), .integer], .numeric(nil)) {
            (values, _) throws(DemetraError) in
            .numeric(try values[0].decimalOrZero.rounded(to: values[1].integerOrZero))
        },
        double("trunc") { $0.rounded(.towardZero) },
        decimal("trunc") { $0.truncated(to: 0) },
        ScalarBuilder.function("trunc", [.numeric(nil), .integer], .numeric(nil)) { values, _ in
            .numeric(values[0].decimalOrZero.truncated(to: values[1].integerOrZero))
        },
        double("floor") { $0.rounded(.down) }, decimal("floor") { $0.floor },
        double("ceil") { $0.rounded(.up) }, decimal("ceil") { $0.ceiling },
        double("ceiling") { $0.rounded(.up) }, decimal("ceiling") { $0.ceiling },
    ]

    private static let signs: [ScalarFunction] =
        [
            double("abs") { $0.magnitude }, decimal("abs") { $0.magnitude },
            double("sign") { $0 > 0 ? 1 : ($0 < 0 ? -1 : 0) },
            decimal("sign") { $0.isNaN ? $0 : Decimal(Int64($0.unscaled.signum)) },
        ]
        + [LogicalType.smallint, .integer, .bigint].map { type in
            ScalarBuilder.function("abs", [type], type) { (values, _) throws(DemetraError) in
                guard case .integer(let number) = values[0], number != .min,
                    type != .integer || number != Int64(Int32.min)
                else { throw DemetraError(.numericValueOutOfRange, "\(type) out of range") }
                return .integer(abs(number))
            }
        }

    private static let powers: [ScalarFunction] =
        [
            double("sqrt") { value throws(DemetraError) in
                if value < 0 {
                    throw DemetraError(
                        .invalidArgumentForPower, "cannot take square root of a negative number")
                }
                return value.squareRoot()
            },
            double("cbrt") { cbrt($0) }, double("exp") { exp($0) },
            double("ln") { value throws(DemetraError) in log(try positive(value)) },
            double("log") { value throws(DemetraError) in log10(try positive(value)) },
            double("log10") { value throws(DemetraError) in log10(try positive(value)) },
            double("log2") { value throws(DemetraError) in log2(try positive(value)) },
            double("log1p") { log1p($0) }, double("expm1") { expm1($0) },
            decimal("sqrt") { value throws(DemetraError) in try value.squareRoot() },
            decimal("exp") { value throws(DemetraError) in try value.exponential() },
            decimal("ln") { value throws(DemetraError) in try value.naturalLogarithm() },
            decimal("log") { value throws(DemetraError) in
                try value.logarithm(base: Decimal(Int64(10)))
            },
            decimal("log10") { value throws(DemetraError) in
                try value.logarithm(base: Decimal(Int64(10)))
            },
            ScalarBuilder.function("log", [.numeric(nil), .numeric(nil)], .numeric(nil)) {
                (values, _) throws(DemetraError) in
                .numeric(try values[1].decimalOrZero.logarithm(base: values[0].decimalOrZero))
            },
        ]
        + ["power", "pow", "^"].flatMap { name in
            [
                ScalarBuilder.function(name, [.double, .double], .double) {
                    (values, _) throws(DemetraError) in
                    .double(try power(values[0].doubleOrZero, values[1].doubleOrZero))
                },
                ScalarBuilder.function(name, [.numeric(nil), .numeric(nil)], .numeric(nil)) {
                    (values, _) throws(DemetraError) in
                    .numeric(try values[0].decimalOrZero.raised(to: values[1].decimalOrZero))
                },
            ]
        }

    private static func positive(_ value: Double) throws(DemetraError) -> Double {
        if value == 0 {
            throw DemetraError(.invalidArgumentForLogarithm, "cannot take logarithm of zero")
        }
        if value < 0 {
            throw DemetraError(
                .invalidArgumentForLogarithm, "cannot take logarithm of a negative number")
        }
        return value
    }

    private static func power(_ base: Double, _ exponent: Double) throws(DemetraError) -> Double {
        if base == 0, exponent < 0 {
            throw DemetraError(
                .invalidArgumentForPower, "zero raised to a negative power is undefined")
        }
        if base < 0, exponent != exponent.rounded() {
            throw DemetraError(
                .invalidArgumentForPower,
                "a negative number raised to a non-integer power yields a complex result")
        }
        let result = pow(base, exponent)
        if result.isInfinite, base.isFinite, exponent.isFinite {
            throw DemetraError(.numericValueOutOfRange, "value out of range: overflow")
        }
        return result
    }

    private static let trigonometry: [ScalarFunction] = [
        double("sin") { sin($0) }, double("cos") { cos($0) }, double("tan") { tan($0) },
        double("cot", hasPoles: true) { 1 / tan($0) },
        double("asin") { value throws(DemetraError) in asin(try inside(value, -1...1)) },
        double("acos") { value throws(DemetraError) in acos(try inside(value, -1...1)) },
        double("atan") { atan($0) },
        double("sinh") { sinh($0) }, double("cosh") { cosh($0) }, double("tanh") { tanh($0) },
        double("asinh") { asinh($0) },
        double("acosh") { value throws(DemetraError) in acosh(try inside(value, 1 ... .infinity)) },
        double("atanh", hasPoles: true) { value throws(DemetraError) in
            atanh(try inside(value, -1...1))
        },
        ScalarBuilder.function("atan2", [.double, .double], .double) { values, _ in
            .double(atan2(values[0].doubleOrZero, values[1].doubleOrZero))
        },
        double("degrees") { $0 * 180 / .pi }, double("radians") { $0 * .pi / 180 },
    ]

    private static func inside(
        _ value: Double, _ range: ClosedRange<Double>
    ) throws(DemetraError) -> Double {
        guard value.isNaN || range.contains(value) else {
            throw DemetraError(.numericValueOutOfRange, "input is out of range")
        }
        return value
    }

    private static let integers: [ScalarFunction] =
        [LogicalType.integer, .bigint].flatMap { type in
            [
                ScalarBuilder.function("mod", [type, type], type) {
                    (values, _) throws(DemetraError) in
                    let (a, b) = (values[0].integerOrZero, values[1].integerOrZero)
                    if b == 0 { throw DemetraError(.divisionByZero, "division by zero") }
                    return .integer(b == -1 ? 0 : Int64(a % b))
                },
                ScalarBuilder.function("gcd", [type, type], type) {
                    (values, _) throws(DemetraError) in
                    let divisor = gcd(values[0].integerOrZero, values[1].integerOrZero)
                    guard let result = Int64(exactly: divisor) else { throw outOfRange(type) }
                    return .integer(result)
                },
                ScalarBuilder.function("lcm", [type, type], type) {
                    (values, _) throws(DemetraError) in
                    let (a, b) = (values[0].integerOrZero, values[1].integerOrZero)
                    if a == 0 || b == 0 { return .integer(0) }
                    let share = Int128(a) / Int128(gcd(a, b))
                    guard let result = Int64(exactly: abs(share * Int128(b))) else {
                        throw outOfRange(type)
                    }
                    return .integer(result)
                },
                bits("&", type) { $0 & $1 }, bits("|", type) { $0 | $1 },
                bits("#", type) { $0 ^ $1 },
                bits("<<", type) { $0 << $1 }, bits(">>", type) { $0 >> $1 },
                ScalarBuilder.function("~", [type], type) { values, _ in
                    .integer(Int64(~values[0].integerOrZero))
                },
            ]
        }
        + [
            ScalarBuilder.function("mod", [.numeric(nil), .numeric(nil)], .numeric(nil)) {
                (values, _) throws(DemetraError) in
                .numeric(try values[0].decimalOrZero.remainder(dividingBy: values[1].decimalOrZero))
            },
            ScalarBuilder.function("div", [.numeric(nil), .numeric(nil)], .numeric(nil)) {
                (values, _) throws(DemetraError) in
                .numeric(
                    try values[0].decimalOrZero.wholeQuotient(dividingBy: values[1].decimalOrZero))
            },
            ScalarBuilder.function("gcd", [.numeric(nil), .numeric(nil)], .numeric(nil)) {
                (values, _) throws(DemetraError) in
                .numeric(try values[0].decimalOrZero.greatestCommonDivisor(values[1].decimalOrZero))
            },
            ScalarBuilder.function("lcm", [.numeric(nil), .numeric(nil)], .numeric(nil)) {
                (values, _) throws(DemetraError) in
                .numeric(try values[0].decimalOrZero.leastCommonMultiple(values[1].decimalOrZero))
            },
            ScalarBuilder.function("factorial", [.bigint], .numeric(nil)) {
                (values, _) throws(DemetraError) in
                let number = values[0].integerOrZero
                guard number >= 0 else {
                    throw DemetraError(
                        .numericValueOutOfRange, "factorial of a negative number is undefined")
                }
                var result = Decimal(Int64(1))
                for factor in stride(from: 2, through: number, by: 1) {
                    result = try result.multiplied(by: Decimal(Int64(factor)))
                }
                return .numeric(result)
            },
            ScalarBuilder.function("scale", [.numeric(nil)], .integer) { values, _ in
                .integer(Int64(values[0].decimalOrZero.scale))
            },
            ScalarBuilder.function("min_scale", [.numeric(nil)], .integer) { values, _ in
                .integer(Int64(values[0].decimalOrZero.trimmed.scale))
            },
            ScalarBuilder.function("trim_scale", [.numeric(nil)], .numeric(nil)) { values, _ in
                .numeric(values[0].decimalOrZero.trimmed)
            },
        ]

    private static func outOfRange(_ type: LogicalType) -> DemetraError {
        DemetraError(.numericValueOutOfRange, "\(type) out of range")
    }

    private static func gcd(_ a: Int, _ b: Int) -> UInt {
        // The magnitude of the least integer is no Int.
        var (x, y) = (a.magnitude, b.magnitude)
        while y != 0 { (x, y) = (y, x % y) }
        return x
    }

    private static func bits(
        _ name: String, _ type: LogicalType, _ body: @escaping @Sendable (Int, Int) -> Int
    ) -> ScalarFunction {
        ScalarBuilder.function(name, [type, name.count == 2 ? .integer : type], type) { values, _ in
            let result = body(values[0].integerOrZero, values[1].integerOrZero)
            return .integer(
                type == .integer ? Int64(Int32(truncatingIfNeeded: result)) : Int64(result))
        }
    }

    private static let constants: [ScalarFunction] = [
        ScalarBuilder.function("pi", [], .double) { _, _ in .double(.pi) }
    ]
}
