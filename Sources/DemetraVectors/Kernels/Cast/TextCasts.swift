import DemetraTypes

/// Text read as numbers where it is plain digits, with a point for doubles; every other form (signs aside)
/// goes to the general reader, row by row.
///
/// A number of at most 15 digits divided by a power of ten up to 10^22 is the nearest double: both are
/// exact, and the division rounds once.
///
/// - Source: Clinger, "How to read floating point numbers accurately", 1990.
///
/// Safe because references lie inside their heap, and codes inside their dictionary.
enum TextCasts {
    /// The cast, or nil for types it does not know.
    static func cast(
        _ vector: Vector, to type: LogicalType, isExplicit: Bool, _ context: CastContext
    ) throws(DemetraError) -> Vector? {
        guard vector.type.isText else { return nil }
        switch type {
        case .double, .smallint, .integer, .bigint: break
        default: return nil
        }
        let flat = vector.flattened()
        guard case .text(let texts) = flat.storage else { return nil }
        let caster = ValueCaster(
            source: vector.type, target: type, isExplicit: isExplicit, context)
        switch type {
        case .double:
            let output = BufferBuilder<Double>(capacity: vector.count)
            for row in 0..<vector.count {
                let bytes = texts.bytes(at: row)
                if let number = double(bytes) {
                    output.pointer[row] = number
                } else if flat.isValid(row),
                    case .double(let number) = try caster.cast(.text(texts.string(at: row)))
                {
                    output.pointer[row] = number
                } else {
                    output.pointer[row] = 0
                }
            }
            return Vector(
                type: type, count: vector.count, validity: flat.validity,
                storage: .float64(output.freeze(count: vector.count)))
        case .bigint:
            return Vector(
                type: type, count: vector.count, validity: flat.validity,
                storage: .int64(try integers(texts, flat, .min ... .max, caster) { $0 }))
        default:
            let limits: ClosedRange<Int64> =
                type == .smallint ? -32_768...32_767 : -2_147_483_648...2_147_483_647
            return Vector(
                type: type, count: vector.count, validity: flat.validity,
                storage: .int32(
                    try integers(texts, flat, limits, caster) { Int32(truncatingIfNeeded: $0) }))
        }
    }

    @inline(__always)
    private static func integers<Number: FixedWidthInteger & BitwiseCopyable>(
        _ texts: TextBuffer, _ vector: Vector, _ limits: ClosedRange<Int64>,
        _ caster: ValueCaster, _ number: (Int64) -> Number
    ) throws(DemetraError) -> Buffer<Number> {
        let output = BufferBuilder<Number>(capacity: vector.count)
        for row in 0..<vector.count {
            if let value = integer(texts.bytes(at: row)), limits.contains(value) {
                output.pointer[row] = number(value)
            } else if vector.isValid(row),
                case .integer(let value) = try caster.cast(.text(texts.string(at: row)))
            {
                output.pointer[row] = number(value)
            } else {
                output.pointer[row] = 0
            }
        }
        return output.freeze(count: vector.count)
    }

    /// One to 18 digits behind an optional minus.
    private static func integer(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
        var index = 0
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative { index = 1 }
        guard index < bytes.count, bytes.count - index <= 18 else { return nil }
        var value: Int64 = 0
        while index < bytes.count {
            let digit = bytes[index] &- 0x30
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int64(digit)
            index &+= 1
        }
        return isNegative ? -value : value
    }

    /// One to 15 digits, perhaps with a point among them, behind an optional minus.
    private static func double(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
        var index = 0
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative { index = 1 }
        guard index < bytes.count, bytes.count - index <= 16 else { return nil }
        var (value, digits, behindPoint): (Int64, Int, Int?) = (0, 0, nil)
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "."), behindPoint == nil {
                behindPoint = digits
            } else {
                let digit = byte &- 0x30
                guard digit < 10 else { return nil }
                value = value &* 10 &+ Int64(digit)
                digits &+= 1
            }
            index &+= 1
        }
        guard digits > 0, digits <= 15 else { return nil }
        let scale = behindPoint.map { digits &- $0 } ?? 0
        let number = Double(value) / powersOfTen[scale]
        return isNegative ? -number : number
    }

    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]
}
