import DemetraTypes
import DemetraVectors

/// `generate_series` over integers, numerics and times.
///
/// - Source: PostgreSQL 15 documentation, section 9.25. A series of dates is one of timestamps here, as
///   dates have no zone.
enum SeriesFunctions {
    static let all: [SetFunction] =
        [integers(.integer), integers(.bigint), numerics]
        + [(.date, .timestamp), (.timestamp, .timestamp), (.timestamptz, .timestamptz)]
        .map { times($0, $1) }

    private static func function(
        _ bound: LogicalType, _ step: LogicalType, isStepOptional: Bool, _ result: LogicalType,
        _ makeRows: @escaping SetFunction.Making
    ) -> SetFunction {
        SetFunction(
            "generate_series",
            Signature(
                [.type(bound), .type(bound), .type(step)], requiredCount: isStepOptional ? 2 : 3,
                result: .fixed(result)), makeRows: makeRows)
    }

    private static func integers(_ type: LogicalType) -> SetFunction {
        function(type, type, isStepOptional: true, type) { (arguments, _, _) in
            IntegerSeries(arguments, type)
        }
    }

    private static let numerics = function(
        .numeric(nil), .numeric(nil), isStepOptional: true, .numeric(nil)
    ) { (arguments, _, _) in
        SteppedSeries(
            first: { arguments[0].value(at: $0).decimalOrZero },
            last: { arguments[1].value(at: $0).decimalOrZero },
            step: {
                arguments.count > 2 ? arguments[2].value(at: $0).decimalOrZero : Decimal(Int64(1))
            },
            direction: { $0.compare(.zero) }, order: { $0.compare($1) },
            next: { (value, step) throws(DemetraError) in
                // A step that no digit shows would never come to an end.
                let sum = try value.adding(step)
                guard sum.compare(value) != 0 else { throw Decimal.overflow() }
                return sum
            },
            append: { $1.append(decimal: $0) })
    }

    private static func times(_ bound: LogicalType, _ result: LogicalType) -> SetFunction {
        function(bound, .interval, isStepOptional: false, result) { (arguments, _, context) in
            func time(_ value: Value) -> Timestamp {
                switch value {
                case .timestamp(let time), .timestamptz(let time): time
                case .date(let date): date.timestamp
                default: Timestamp(microseconds: 0)
                }
            }
            func interval(_ value: Value) -> Interval {
                if case .interval(let interval) = value { interval } else { Interval() }
            }
            return SteppedSeries(
                first: { time(arguments[0].value(at: $0)) },
                last: { time(arguments[1].value(at: $0)) },
                step: { interval(arguments[2].value(at: $0)) },
                direction: { Int($0.comparableMicroseconds.signum()) },
                order: { $0 < $1 ? -1 : ($0 == $1 ? 0 : 1) },
                next: { (value, step) throws(DemetraError) in
                    // A day keeps the time on the session's clocks.
                    try result == .timestamptz
                        ? value.adding(step, in: context.timeZone) : value.adding(step)
                },
                append: { $1.append(int64: $0.microseconds) })
        }
    }

    fileprivate static func zeroStep() -> DemetraError {
        DemetraError(.invalidParameterValue, "step size cannot equal zero")
    }
}

/// A series whose values are known without the ones before them.
// Owned by one worker.
private final class IntegerSeries: SetRows {
    private let arguments: [Vector]
    private let type: LogicalType

    init(_ arguments: [Vector], _ type: LogicalType) {
        self.arguments = arguments
        self.type = type
    }

    private func integer(_ index: Int, _ row: Int) -> Int64 {
        guard index < arguments.count, case .integer(let number) = arguments[index].value(at: row)
        else { return 1 }
        return number
    }

    func count(of row: Int) throws(DemetraError) -> Int {
        let step = integer(2, row)
        guard step != 0 else { throw SeriesFunctions.zeroStep() }
        let distance = Int128(integer(1, row)) - Int128(integer(0, row))
        guard distance == 0 || (distance > 0) == (step > 0) else { return 0 }
        return Int(clamping: distance / Int128(step) + 1)
    }

    func append(
        row: Int, from first: Int, count: Int, column: Int, to builder: inout VectorBuilder
    ) {
        let (start, step) = (integer(0, row), integer(2, row))
        for index in first..<(first + count) {
            let value = start &+ Int64(index) &* step
            if type == .integer {
                builder.append(int32: Int32(truncatingIfNeeded: value))
            } else {
                builder.append(int64: value)
            }
        }
    }
}

/// A series whose values are each the one before and a step.
///
/// Counted by going through it once, so that its end is where the sum of the steps is, whatever months do.
// Owned by one worker.
private final class SteppedSeries<Element: Sendable, Step>: SetRows {
    private let first: (Int) -> Element
    private let last: (Int) -> Element
    private let step: (Int) -> Step
    private let direction: (Step) -> Int
    private let order: (Element, Element) -> Int
    private let next: (Element, Step) throws(DemetraError) -> Element
    private let append: (Element, inout VectorBuilder) -> Void
    /// The value of the row at hand that comes next, and its number.
    private var value: (row: Int, number: Int, element: Element)?

    /// Rows that one series may have.
    private static var largestCount: Int { 100_000_000 }

    init(
        first: @escaping (Int) -> Element, last: @escaping (Int) -> Element,
        step: @escaping (Int) -> Step, direction: @escaping (Step) -> Int,
        order: @escaping (Element, Element) -> Int,
        next: @escaping (Element, Step) throws(DemetraError) -> Element,
        append: @escaping (Element, inout VectorBuilder) -> Void
    ) {
        self.first = first
        self.last = last
        self.step = step
        self.direction = direction
        self.order = order
        self.next = next
        self.append = append
    }

    func count(of row: Int) throws(DemetraError) -> Int {
        let (step, last) = (step(row), last(row))
        let direction = direction(step)
        guard direction != 0 else { throw SeriesFunctions.zeroStep() }
        var element = first(row)
        var count = 0
        while direction > 0 ? order(element, last) <= 0 : order(element, last) >= 0 {
            count += 1
            guard count <= Self.largestCount else {
                throw DemetraError(
                    .programLimitExceeded,
                    "generate_series gives more than \(Self.largestCount) rows",
                    hint: "Use a larger step.")
            }
            element = try next(element, step)
        }
        return count
    }

    func append(
        row: Int, from first: Int, count: Int, column: Int, to builder: inout VectorBuilder
    ) throws(DemetraError) {
        let step = step(row)
        var element = self.first(row)
        if let value, value.row == row, value.number == first {
            element = value.element
        } else {
            for _ in 0..<first { element = try next(element, step) }
        }
        for _ in 0..<count {
            append(element, &builder)
            element = try next(element, step)
        }
        value = (row, first + count, element)
    }
}
