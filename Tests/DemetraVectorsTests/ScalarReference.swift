import DemetraTypes
import DemetraVectors

/// The same questions as the kernels', answered value by value in the plainest way.
enum ScalarReference {
    /// Negative, zero or positive; nil when a side is NULL.
    static func order(_ left: Value, _ right: Value) -> Int? {
        switch (left, right) {
        case (.null, _), (_, .null): nil
        case (.boolean(let a), .boolean(let b)): order(a ? 1 : 0, b ? 1 : 0)
        case (.integer(let a), .integer(let b)): order(a, b)
        case (.double(let a), .double(let b)):
            a.isNaN || b.isNaN ? order(a.isNaN ? 1 : 0, b.isNaN ? 1 : 0) : order(a, b)
        case (.numeric(let a), .numeric(let b)):
            a.isNaN || b.isNaN ? order(a.isNaN ? 1 : 0, b.isNaN ? 1 : 0) : a.compare(b)
        case (.date(let a), .date(let b)): order(a.days, b.days)
        case (.timestamp(let a), .timestamp(let b)), (.timestamptz(let a), .timestamptz(let b)):
            order(a.microseconds, b.microseconds)
        case (.interval(let a), .interval(let b)): order(length(a), length(b))
        case (.text(let a), .text(let b)): order(Array(a.utf8), Array(b.utf8))
        default: nil
        }
    }

    /// Whether `left op right`; nil for NULL.
    static func compare(_ op: ComparisonOperator, _ left: Value, _ right: Value) -> Bool? {
        guard let order = order(left, right) else { return nil }
        return switch op {
        case .equal: order == 0
        case .notEqual: order != 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        }
    }

    /// Equal, where NULL equals NULL.
    static func isSame(_ left: Value, _ right: Value) -> Bool {
        (left.isNull && right.isNull) || order(left, right) == 0
    }

    /// Whether two rows are the same, column by column.
    static func isSame(_ left: [Value], _ right: [Value]) -> Bool {
        zip(left, right).allSatisfy(isSame)
    }

    static func value(_ truth: Bool?) -> Value { truth.map { .boolean($0) } ?? .null }

    private static func order<Element: Comparable>(_ left: Element, _ right: Element) -> Int {
        left < right ? -1 : (left == right ? 0 : 1)
    }

    private static func order(_ left: [UInt8], _ right: [UInt8]) -> Int {
        left == right ? 0 : (left.lexicographicallyPrecedes(right) ? -1 : 1)
    }

    private static func length(_ interval: Interval) -> Int128 {
        (Int128(interval.months) * 30 + Int128(interval.days)) * 86_400_000_000
            + Int128(interval.microseconds)
    }
}
