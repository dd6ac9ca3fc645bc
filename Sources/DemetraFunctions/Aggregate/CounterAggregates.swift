import DemetraTypes
import DemetraVectors

/// `delta(counter, time)` and `rate(counter, time [, per])`: how much a counter grew that only ever counts up, but
/// may begin anew.
///
/// Samples are taken in the order of time, those without a value or a time left out. A sample that is less than the
/// one before it began at 0 again, so all of it is growth. Of samples of one time the greatest comes last. Fewer
/// than two samples say nothing: NULL.
enum CounterAggregates {
    static let all: [AggregateFunction] =
        [
            delta(.bigint) { CounterAccumulator<Int64>(type: .bigint, result: \.growth) },
            delta(.numeric(nil)) {
                CounterAccumulator<Decimal>(type: .numeric(nil), result: \.growth)
            },
            delta(.double) { CounterAccumulator<Double>(type: .double, result: \.growth) },
        ]
        + [LogicalType.date, .timestamp, .timestamptz].map { time in
            AggregateFunction(
                "rate",
                Signature(
                    [.type(.double), .type(time), .type(.interval)], requiredCount: 2,
                    result: .fixed(.double))
            ) { _, type in CounterAccumulator<Double>(type: type, result: \.growthPerUnit) }
        }

    private static func delta(
        _ type: LogicalType, _ make: @escaping @Sendable () -> any AggregateAccumulator
    ) -> AggregateFunction {
        AggregateFunction("delta", Signature([.type(type), .any], result: .fixed(type))) { _, _ in
            make()
        }
    }
}

/// A number that a counter can have.
protocol CounterNumber {
    init?(_ value: Value)
    func isLess(than other: Self) -> Bool
    static var zero: Self { get }
    func sum(_ other: Self) throws(DemetraError) -> Self
    func difference(_ other: Self) throws(DemetraError) -> Self
    var value: Value { get }
    var double: Double { get }
}

extension Int64: CounterNumber {
    init?(_ value: Value) {
        guard case .integer(let number) = value else { return nil }
        self = number
    }
    func isLess(than other: Int64) -> Bool { self < other }
    func sum(_ other: Int64) throws(DemetraError) -> Int64 {
        let (result, overflow) = addingReportingOverflow(other)
        if overflow { throw DemetraError(.numericValueOutOfRange, "bigint out of range") }
        return result
    }
    func difference(_ other: Int64) throws(DemetraError) -> Int64 {
        let (result, overflow) = subtractingReportingOverflow(other)
        if overflow { throw DemetraError(.numericValueOutOfRange, "bigint out of range") }
        return result
    }
    var value: Value { .integer(self) }
    var double: Double { Double(self) }
}

extension Double: CounterNumber {
    init?(_ value: Value) {
        guard case .double(let number) = value, !number.isNaN else { return nil }
        self = number
    }
    func isLess(than other: Double) -> Bool { self < other }
    func sum(_ other: Double) throws(DemetraError) -> Double { self + other }
    func difference(_ other: Double) throws(DemetraError) -> Double { self - other }
    var value: Value { .double(self) }
    var double: Double { self }
}

extension Decimal: CounterNumber {
    init?(_ value: Value) {
        guard case .numeric(let number) = value else { return nil }
        self = number
    }
    func isLess(than other: Decimal) -> Bool { compare(other) < 0 }
    func sum(_ other: Decimal) throws(DemetraError) -> Decimal { try adding(other) }
    func difference(_ other: Decimal) throws(DemetraError) -> Decimal { try subtracting(other) }
    var value: Value { .numeric(self) }
    var double: Double { doubleValue }
}

/// What the samples of one counter say.
struct CounterReading<Number: CounterNumber> {
    let total: Number
    /// From the first sample to the last.
    let microseconds: Int64
    /// The interval that `rate` is for.
    let unit: Interval?

    var growth: Value { total.value }

    /// NULL where no time passed.
    var growthPerUnit: Value {
        let unit = unit.map { Double($0.comparableMicroseconds) } ?? 1_000_000
        guard microseconds > 0, unit > 0 else { return .null }
        return .double(total.double / Double(microseconds) * unit)
    }
}

/// Keeps all samples, as they may come in any order.
// Owned by one worker.
final class CounterAccumulator<Number: CounterNumber>: AggregateAccumulator {
    private struct Sample {
        let time: Int64
        let number: Number
    }

    private let type: LogicalType
    private let result: (CounterReading<Number>) -> Value
    private var samples: [[Sample]] = []
    private var units: [Interval?] = []
    private var count = 0

    init(type: LogicalType, result: @escaping (CounterReading<Number>) -> Value) {
        self.type = type
        self.result = result
    }

    var byteCount: Int { samples.count * 48 + count * MemoryLayout<Sample>.stride * 2 }

    func resize(groupCount: Int) {
        let more = groupCount - samples.count
        guard more > 0 else { return }
        samples += Array(repeating: [], count: more)
        units += Array(repeating: nil, count: more)
    }

    func update(_ arguments: [Vector], groups: GroupIndices, count: Int) throws(DemetraError) {
        for row in 0..<count where arguments[0].isValid(row) && arguments[1].isValid(row) {
            guard let number = Number(arguments[0].value(at: row)),
                let time = try Self.microseconds(arguments[1].value(at: row))
            else { continue }
            let group = groups.group(row)
            if arguments.count > 2, case .interval(let unit) = arguments[2].value(at: row) {
                units[group] = unit
            }
            samples[group].append(Sample(time: time, number: number))
            self.count += 1
        }
    }

    private static func microseconds(_ value: Value) throws(DemetraError) -> Int64? {
        switch value {
        case .timestamp(let time), .timestamptz(let time):
            return time.isFinite ? time.microseconds : nil
        case .date(let date): return date.timestamp.isFinite ? date.timestamp.microseconds : nil
        case .integer(let number): return number
        default:
            throw DemetraError(
                .undefinedFunction, "the second argument of delta must be a time or an integer")
        }
    }

    func merge(_ other: any AggregateAccumulator, groupMap: Buffer<Int32>) {
        guard let other = other as? CounterAccumulator<Number> else { return }
        for group in 0..<min(other.samples.count, groupMap.count) {
            let own = Int(groupMap[group])
            samples[own] += other.samples[group]
            units[own] = units[own] ?? other.units[group]
        }
        count += other.count
    }

    func finish(groupCount: Int) throws(DemetraError) -> Vector {
        var builder = VectorBuilder(type: type, capacity: groupCount)
        for group in 0..<groupCount {
            builder.append(try reading(group).map(result) ?? .null)
        }
        return builder.finish()
    }

    private func reading(_ group: Int) throws(DemetraError) -> CounterReading<Number>? {
        guard samples[group].count > 1 else { return nil }
        let sorted = samples[group].sorted { a, b in
            a.time == b.time ? a.number.isLess(than: b.number) : a.time < b.time
        }
        var total = Number.zero
        for index in 1..<sorted.count {
            let (before, now) = (sorted[index - 1].number, sorted[index].number)
            total = try total.sum(now.isLess(than: before) ? now : try now.difference(before))
        }
        let (time, overflow) = sorted[sorted.count - 1].time
            .subtractingReportingOverflow(sorted[0].time)
        if overflow { throw DemetraError(.datetimeFieldOverflow, "interval out of range") }
        return CounterReading(total: total, microseconds: time, unit: units[group])
    }
}
