import DemetraFunctions
import DemetraTypes
import DemetraVectors
import Foundation

/// Random arguments for any function: small values, with NULLs and the edges of the type.
struct RandomArguments {
    /// Named in failures; `DEMETRA_SEED` decides it.
    let seed: UInt64
    private var state: UInt64

    init(seed: UInt64) {
        let given = ProcessInfo.processInfo.environment["DEMETRA_SEED"].flatMap(UInt64.init)
        self.seed = given ?? seed
        state = self.seed
    }

    mutating func number(below limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % limit
    }

    /// The types of a call of this signature; `any` becomes one of a few types.
    mutating func types(_ signature: Signature) -> [LogicalType] {
        let common: [LogicalType] = [.bigint, .double, .text, .date, .numeric(nil), .boolean]
        let element = common[number(below: common.count)]
        let count = signature.parameters.count + (signature.variadic == nil ? 0 : 2)
        return (0..<count).map { index in
            switch signature.parameter(at: index) ?? .any {
            case .type(let type): type
            case .any: common[number(below: common.count)]
            case .anyElement: element
            }
        }
    }

    /// A column; one of five values is NULL.
    mutating func column(_ type: LogicalType, count: Int) -> [Value] {
        (0..<count).map { _ in number(below: 5) == 0 ? .null : value(type) }
    }

    private mutating func value(_ type: LogicalType) -> Value {
        let small = Int64(number(below: 9)) - 3
        switch type {
        case .boolean: return .boolean(small > 0)
        case .smallint, .integer, .bigint: return .integer(small)
        case .real, .double: return .double(number(below: 20) == 0 ? .nan : Double(small) / 2)
        case .numeric(let modifier):
            return .numeric(Decimal(unscaled: Int128(small) * 25, scale: modifier?.scale ?? 2))
        case .date: return .date(CalendarDate(days: Int32(small * 100)))
        case .time: return .time((small + 3) * 3_600_000_000)
        case .timestamp: return .timestamp(Timestamp(microseconds: small * 1_234_567_891))
        case .timestamptz: return .timestamptz(Timestamp(microseconds: small * 987_654_321_000))
        case .interval:
            return .interval(Interval(months: Int32(small), days: 3, microseconds: small * 1_000))
        case .bytea: return .bytes([1, 2, UInt8(small + 3)])
        case .json, .jsonb: return .text("{\"a\": \(small)}")
        case .uuid: return .text("00000000-0000-0000-0000-00000000000\(small + 3)")
        default:
            return .text(
                ["", "day", "a_b_c", "Ünï", "1", "UTC", "%a", "month", "ab,cd"][Int(small + 3)])
        }
    }
}

/// Equal, doubles to twelve digits: the order of additions may differ.
func isClose(_ left: Value, _ right: Value) -> Bool {
    guard case .double(let a) = left, case .double(let b) = right else { return left == right }
    if a.isNaN || b.isNaN { return a.isNaN && b.isNaN }
    return a == b || abs(a - b) <= 1e-12 * max(abs(a), abs(b), 1)
}
