import DemetraTypes

// Row loops of comparisons, generic over the element and the test and specialised in this module.

/// What a comparison asks of a value: against another value, or against a constant it holds.
protocol RowTest {
    associatedtype Element: BitwiseCopyable
    func holds(_ element: Element) -> Bool
}

/// `lower <= x <= upper`, or its opposite: every comparison of integers with a constant.
///
/// One subtraction and one unsigned comparison, whatever the operator.
struct RangeTest<Element: FixedWidthInteger & BitwiseCopyable>: RowTest
where Element.Magnitude: BitwiseCopyable {
    let lower: Element
    let width: Element.Magnitude
    let isOutside: Bool

    /// The range in which `x op constant` holds.
    init(_ op: ComparisonOperator, _ constant: Element) {
        // An empty range is the opposite of the full one.
        var (low, high, outside) = (Element.min, Element.max, false)
        switch op {
        case .equal: (low, high) = (constant, constant)
        case .notEqual: (low, high, outside) = (constant, constant, true)
        case .less: (low, high, outside) = (constant, Element.max, true)
        case .lessOrEqual: high = constant
        case .greater: (low, high, outside) = (Element.min, constant, true)
        case .greaterOrEqual: low = constant
        }
        lower = low
        width = Element.Magnitude(truncatingIfNeeded: high &- low)
        isOutside = outside
    }

    @inline(__always)
    func holds(_ element: Element) -> Bool {
        (Element.Magnitude(truncatingIfNeeded: element &- lower) <= width) != isOutside
    }
}

/// `x op constant` for doubles, the operator chosen outside the loop.
struct DoubleTest<Comparison: DoubleComparison>: RowTest {
    let constant: Double

    @inline(__always)
    func holds(_ element: Double) -> Bool { Comparison.holds(element, constant) }
}

/// One comparison of doubles with a constant.
protocol DoubleComparison {
    static func holds(_ left: Double, _ right: Double) -> Bool
}

enum DoubleEqual: DoubleComparison {
    @inline(__always) static func holds(_ left: Double, _ right: Double) -> Bool { left == right }
}
enum DoubleNotEqual: DoubleComparison {
    @inline(__always) static func holds(_ left: Double, _ right: Double) -> Bool { left != right }
}
enum DoubleLess: DoubleComparison {
    @inline(__always) static func holds(_ left: Double, _ right: Double) -> Bool { left < right }
}
enum DoubleLessOrEqual: DoubleComparison {
    @inline(__always) static func holds(_ left: Double, _ right: Double) -> Bool { left <= right }
}
/// Written as a negation: NaN is greater than every number.
enum DoubleGreater: DoubleComparison {
    @inline(__always) static func holds(_ left: Double, _ right: Double) -> Bool {
        !(left <= right)
    }
}
/// Written as a negation: NaN is greater than every number.
enum DoubleGreaterOrEqual: DoubleComparison {
    @inline(__always) static func holds(_ left: Double, _ right: Double) -> Bool {
        !(left < right)
    }
}
/// x = NaN.
enum DoubleIsNaN: DoubleComparison {
    @inline(__always) static func holds(_ left: Double, _ right: Double) -> Bool { left != left }
}
/// x < NaN.
enum DoubleIsNumber: DoubleComparison {
    @inline(__always) static func holds(_ left: Double, _ right: Double) -> Bool { left == left }
}

/// Whether the code's distinct value passed: a table look-up.
///
/// Safe because codes are checked against the table before the loop.
struct VerdictTest: RowTest {
    let verdicts: UnsafePointer<UInt8>

    @inline(__always)
    func holds(_ element: Int32) -> Bool {
        unsafeBitCast(verdicts[Int(truncatingIfNeeded: element)] & 1, to: Bool.self)
    }
}

@inline(__always)
func testAll<Test: RowTest>(
    _ test: Test, _ elements: UnsafePointer<Test.Element>,
    _ output: UnsafeMutablePointer<UInt8>, _ count: Int
) {
    for row in 0..<count { output[row] = byte(test.holds(elements[row])) }
}

@inline(__always)
func selectAll<Test: RowTest>(
    _ test: Test, _ elements: UnsafePointer<Test.Element>, _ words: UnsafePointer<UInt64>?,
    _ output: UnsafeMutablePointer<Int32>, _ count: Int
) -> Int {
    var written = 0
    guard let words else {
        for row in 0..<count {
            output[written] = Int32(truncatingIfNeeded: row)
            written &+= one(test.holds(elements[row]))
        }
        return written
    }
    for row in 0..<count {
        output[written] = Int32(truncatingIfNeeded: row)
        written &+= Int(truncatingIfNeeded: byte(test.holds(elements[row])) & isSet(words, row))
    }
    return written
}

@inline(__always)
func selectWithin<Test: RowTest>(
    _ test: Test, _ elements: UnsafePointer<Test.Element>, _ words: UnsafePointer<UInt64>?,
    _ rows: UnsafePointer<Int32>, _ output: UnsafeMutablePointer<Int32>, _ count: Int
) -> Int {
    var written = 0
    guard let words else {
        for index in 0..<count {
            let row = rows[index]
            output[written] = row
            written &+= one(test.holds(elements[Int(truncatingIfNeeded: row)]))
        }
        return written
    }
    for index in 0..<count {
        let row = rows[index]
        let position = Int(truncatingIfNeeded: row)
        output[written] = row
        written &+= Int(
            truncatingIfNeeded: byte(test.holds(elements[position])) & isSet(words, position))
    }
    return written
}
