package import DemetraTypes
import DemetraVectors

/// The least and greatest value of a column chunk, and how many of its rows are NULL.
///
/// - Source: Moerkotte, "Small Materialized Aggregates", VLDB 1998.
package struct ZoneMap: Sendable {
    /// The least value; nil when there is none, or none is known.
    package let minimum: Value?
    /// The greatest value.
    package let maximum: Value?
    /// Rows that are NULL.
    package let nullCount: Int
    /// All rows.
    package let rowCount: Int

    /// Looks at every value.
    init(_ vector: Vector) {
        rowCount = vector.count
        nullCount =
            vector.isConstant
            ? (vector.hasNulls ? vector.count : 0) : vector.validity?.nullCount ?? 0
        guard vector.count > 0, nullCount < rowCount, let (low, high) = Self.extremes(vector) else {
            (minimum, maximum) = (nil, nil)
            return
        }
        minimum = vector.value(at: low)
        maximum = vector.value(at: high)
    }

    /// Joins two maps of one column.
    init(_ first: ZoneMap, _ second: ZoneMap) {
        rowCount = first.rowCount + second.rowCount
        nullCount = first.nullCount + second.nullCount
        func pick(_ a: Value?, _ b: Value?, _ emptyA: Bool, _ emptyB: Bool, _ wantsLess: Bool) -> Value? {
            if emptyA { return b }
            if emptyB { return a }
            guard let a, let b else { return nil }
            return (ZoneOrder.compare(a, b) <= 0) == wantsLess ? a : b
        }
        let (a, b) = (first.nullCount == first.rowCount, second.nullCount == second.rowCount)
        minimum = pick(first.minimum, second.minimum, a, b, true)
        maximum = pick(first.maximum, second.maximum, a, b, false)
    }

    /// Rows with the least and the greatest value.
    private static func extremes(_ vector: Vector) -> (Int, Int)? {
        let flat = vector.isConstant ? vector.slice(from: 0, count: 1).withoutConstant() : vector
        switch flat.storage {
        case .int32(let buffer): return extremes(flat) { buffer.pointer[$0] < buffer.pointer[$1] }
        case .int64(let buffer): return extremes(flat) { buffer.pointer[$0] < buffer.pointer[$1] }
        case .float64(let buffer):
            return extremes(flat) { left, right in
                let (a, b) = (buffer.pointer[left], buffer.pointer[right])
                return b.isNaN ? !a.isNaN : a < b
            }
        case .int128(let buffer): return extremes(flat) { buffer.pointer[$0] < buffer.pointer[$1] }
        case .dictionary(let codes, let dictionary):
            let seen = Set(codes.array)
            let order = seen.sorted {
                dictionary.values.bytes(at: Int($0)).lexicographicallyPrecedes(
                    dictionary.values.bytes(at: Int($1)))
            }
            // A NULL row's code is a filler, so codes alone only bound the values: that is enough.
            guard let first = order.first, let last = order.last, flat.validity == nil else { return nil }
            let low = codes.array.firstIndex(of: first) ?? 0
            let high = codes.array.firstIndex(of: last) ?? 0
            return (low, high)
        default: return nil
        }
    }

    private static func extremes(_ vector: Vector, _ isLess: (Int, Int) -> Bool) -> (Int, Int)? {
        var (low, high): (Int?, Int?) = (nil, nil)
        for row in 0..<vector.count where vector.isValid(row) {
            if low == nil || isLess(row, low ?? 0) { low = row }
            if high == nil || isLess(high ?? 0, row) { high = row }
        }
        guard let low, let high else { return nil }
        return (low, high)
    }
}

/// The order of values that zone maps hold.
enum ZoneOrder {
    static func compare(_ left: Value, _ right: Value) -> Int {
        func order<Number: Comparable>(_ a: Number, _ b: Number) -> Int { a < b ? -1 : (a > b ? 1 : 0) }
        switch (left, right) {
        case (.integer(let a), .integer(let b)): return order(a, b)
        case (.double(let a), .double(let b)):
            if a.isNaN || b.isNaN { return a.isNaN ? (b.isNaN ? 0 : 1) : -1 }
            return order(a, b)
        case (.numeric(let a), .numeric(let b)): return a.compare(b)
        case (.date(let a), .date(let b)): return order(a.days, b.days)
        case (.time(let a), .time(let b)): return order(a, b)
        case (.timestamp(let a), .timestamp(let b)), (.timestamptz(let a), .timestamptz(let b)):
            return order(a.microseconds, b.microseconds)
        case (.text(let a), .text(let b)):
            if a.utf8.elementsEqual(b.utf8) { return 0 }
            return a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
        default: return 0
        }
    }

    /// True when the two can be compared at all.
    static func areComparable(_ left: Value, _ right: Value) -> Bool {
        switch (left, right) {
        case (.integer, .integer), (.double, .double), (.numeric, .numeric), (.date, .date),
            (.time, .time), (.timestamp, .timestamp), (.timestamptz, .timestamptz), (.text, .text):
            true
        default: false
        }
    }
}
