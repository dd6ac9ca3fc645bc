package import DemetraTypes

/// What is known of a column chunk without reading it: the least and greatest value, how many rows are NULL,
/// and the exact sum of whole numbers.
///
/// - Source: Moerkotte, "Small Materialized Aggregates", VLDB 1998.
///
/// Safe because rows are below the count of the vector, which its buffer has.
package struct ZoneMap: Sendable, Hashable {
    /// The least value; nil when there is none, or none is known.
    package let minimum: Value?
    /// The greatest value.
    package let maximum: Value?
    /// Rows that are NULL.
    package let nullCount: Int
    /// All rows.
    package let rowCount: Int
    /// The sum of all values of an integer or numeric(p, s) column, the latter in units of its last digit;
    /// nil when the type has none, or it passes 128 bits.
    package let sum: Int128?
    /// False when nothing is known but the number of rows: the chunk may hold anything.
    package let isKnown: Bool

    init(minimum: Value?, maximum: Value?, nullCount: Int, rowCount: Int, sum: Int128?) {
        self.minimum = minimum
        self.maximum = maximum
        self.nullCount = nullCount
        self.rowCount = rowCount
        self.sum = sum
        isKnown = true
    }

    private init(unknownRowCount: Int) {
        (minimum, maximum, sum) = (nil, nil, nil)
        (nullCount, rowCount, isKnown) = (0, unknownRowCount, false)
    }

    /// Nothing but a number of rows.
    static func unknown(rowCount: Int) -> ZoneMap { ZoneMap(unknownRowCount: rowCount) }

    /// Nothing but NULLs.
    static func nulls(rowCount: Int) -> ZoneMap {
        ZoneMap(minimum: nil, maximum: nil, nullCount: rowCount, rowCount: rowCount, sum: 0)
    }

    /// True when every row is NULL.
    var isAllNull: Bool { isKnown && nullCount == rowCount }

    /// False when no value of a column with this map equals one of a column with another; NULLs equal nothing.
    func mayMeet(_ other: ZoneMap) -> Bool {
        if isAllNull || other.isAllNull { return false }
        guard let low = minimum, let high = maximum, let first = other.minimum,
            let last = other.maximum, ZoneOrder.areComparable(low, first)
        else { return true }
        return ZoneOrder.compare(last, low) >= 0 && ZoneOrder.compare(first, high) <= 0
    }

    /// Joins two maps of one column.
    init(_ first: ZoneMap, _ second: ZoneMap) {
        guard first.isKnown, second.isKnown else {
            self.init(unknownRowCount: first.rowCount + second.rowCount)
            return
        }
        func pick(_ a: Value?, _ b: Value?, _ wantsLess: Bool) -> Value? {
            if first.isAllNull { return b }
            if second.isAllNull { return a }
            guard let a, let b else { return nil }
            return (ZoneOrder.compare(a, b) <= 0) == wantsLess ? a : b
        }
        var sum: Int128?
        if let a = first.sum, let b = second.sum {
            let (total, overflows) = a.addingReportingOverflow(b)
            sum = overflows ? nil : total
        }
        self.init(
            minimum: pick(first.minimum, second.minimum, true),
            maximum: pick(first.maximum, second.maximum, false),
            nullCount: first.nullCount + second.nullCount,
            rowCount: first.rowCount + second.rowCount, sum: sum)
    }
}

/// The order of values that zone maps hold.
enum ZoneOrder {
    static func compare(_ left: Value, _ right: Value) -> Int {
        func order<Number: Comparable>(_ a: Number, _ b: Number) -> Int {
            a < b ? -1 : (a > b ? 1 : 0)
        }
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
