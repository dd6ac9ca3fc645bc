import DemetraTypes
import DemetraVectors

/// `width_bucket`: the number of the bucket that a value falls into.
enum BucketFunctions {
    static let all: [ScalarFunction] = [
        ScalarBuilder.function(
            "width_bucket", [.double, .double, .double, .integer], .integer
        ) { (values, _) throws(DemetraError) in
            let numbers = values.prefix(3).map(\.doubleOrZero)
            guard !numbers.contains(where: \.isNaN) else {
                throw failure("operand, lower bound, and upper bound cannot be NaN")
            }
            guard numbers[1].isFinite, numbers[2].isFinite else {
                throw failure("lower and upper bounds must be finite")
            }
            let count = try count(values[3], areEqual: numbers[1] == numbers[2])
            // Bounds that fall count down.
            let isRising = numbers[1] < numbers[2]
            let (x, low, high) =
                isRising
                ? (numbers[0], numbers[1], numbers[2]) : (-numbers[0], -numbers[1], -numbers[2])
            if x < low { return .integer(0) }
            if x >= high { return .integer(count + 1) }
            let place = ((x - low) / (high - low) * Double(count)).rounded(.down)
            return .integer(min(Int64(place), count - 1) + 1)
        },
        ScalarBuilder.function(
            "width_bucket", [.numeric(nil), .numeric(nil), .numeric(nil), .integer], .integer
        ) { (values, _) throws(DemetraError) in
            let (x, low, high) = (
                values[0].decimalOrZero, values[1].decimalOrZero, values[2].decimalOrZero
            )
            let count = try count(values[3], areEqual: low.compare(high) == 0)
            let sign = low.compare(high) < 0 ? 1 : -1
            if x.compare(low) * sign < 0 { return .integer(0) }
            if x.compare(high) * sign >= 0 { return .integer(count + 1) }
            let (distance, width) = (
                try x.subtracting(low).magnitude, try high.subtracting(low).magnitude
            )
            let place = try Decimal.quotient(
                UInt512(
                    multiplying: distance.unscaled.magnitude,
                    by: UInt256(UInt128(count.magnitude))),
                places: Int(distance.scale), dividedBy: width)
            let whole = place.magnitude.dropping(digits: place.scale).rest.low.low
            return .integer(min(Int64(clamping: whole), count - 1) + 1)
        },
        ScalarBuilder.general(
            "width_bucket", Signature([.arrayElement, .anyArray], result: .fixed(.integer))
        ) { (values, _) throws(DemetraError) in
            guard case .array(let thresholds) = values[1] else { return .null }
            guard !thresholds.contains(where: \.isNull) else {
                throw DemetraError(
                    .nullValueNotAllowed, "thresholds array must not contain NULLs")
            }
            var (low, high) = (0, thresholds.count)
            while low < high {
                let middle = (low + high) / 2
                if ValueComparison.compare(values[0], thresholds[middle]) < 0 {
                    high = middle
                } else {
                    low = middle + 1
                }
            }
            return .integer(Int64(low))
        },
    ]

    private static func count(_ value: Value, areEqual: Bool) throws(DemetraError) -> Int64 {
        let count = value.integerOrZero
        guard count > 0 else { throw failure("count must be greater than zero") }
        guard !areEqual else { throw failure("lower bound cannot equal upper bound") }
        guard count < Int(Int32.max) else {
            throw DemetraError(.numericValueOutOfRange, "integer out of range")
        }
        return Int64(count)
    }

    private static func failure(_ message: String) -> DemetraError {
        DemetraError(.invalidArgumentForWidthBucket, message)
    }
}
