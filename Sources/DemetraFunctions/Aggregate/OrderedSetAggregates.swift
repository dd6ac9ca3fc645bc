import DemetraTypes
import DemetraVectors

/// `percentile_cont`, `percentile_disc`, `mode` and `median`: keep all values, in the batches they came in.
///
/// Numbers and times are then spread into one run of integer images a group, in which the one or two values
/// asked for are found without a sort; `mode`, texts and intervals sort.
///
/// Safe because group numbers are below the group count, and rows below the count of their buffers.
// Owned by one worker.
final class OrderedSetAccumulator: AggregateAccumulator {
    enum Kind: Sendable { case continuous, discrete, mode, median }

    private let kind: Kind
    private let type: LogicalType
    /// Asked for several fractions at once.
    private let isList: Bool
    private var parts: [(values: Vector, groups: Buffer<Int32>)] = []
    private var rowCount = 0
    private var fractions = PercentileFractions()
    private var isDescending = false

    init(_ kind: Kind, type: LogicalType, isList: Bool = false) {
        self.kind = kind
        self.type = type
        self.isList = isList
    }

    var byteCount: Int { rowCount * 12 }

    func resize(groupCount: Int) {}

    func update(_ arguments: [Vector], groups: GroupIndices, count: Int) throws(DemetraError) {
        var arguments = arguments
        if kind != .median, case .boolean(let flag)? = arguments.popLast()?.value(at: 0) {
            isDescending = flag
        }
        guard let values = arguments.popLast() else { return }
        let rows: Buffer<Int32> =
            if case .rows(let given) = groups {
                given
            } else {
                Buffer(repeating: Int32(groups.group(0)), count: count)
            }
        if let given = arguments.first { try fractions.read(given, rows) }
        parts.append((values, rows))
        rowCount += count
    }

    func merge(_ other: any AggregateAccumulator, groupMap: Buffer<Int32>) {
        guard let other = other as? OrderedSetAccumulator else { return }
        for part in other.parts {
            let mapped = Buffer(part.groups.array.map { groupMap[Int($0)] })
            parts.append((part.values, mapped))
        }
        rowCount += other.rowCount
        fractions.merge(other.fractions, groupMap)
        isDescending = isDescending || other.isDescending
    }

    func finish(groupCount: Int) throws(DemetraError) -> Vector {
        var builder = VectorBuilder(type: type, capacity: groupCount)
        if rowCount == 0 {
            for _ in 0..<groupCount { builder.appendNull() }
            return builder.finish()
        }
        if kind != .mode, OrderImage.exists(for: parts[0].values.type) {
            return selected(groupCount)
        }
        let all = try Vector.concatenating(parts.map(\.values), type: parts[0].values.type)
        let groups = Buffer(parts.flatMap { $0.groups.array })
        let groupVector = Vector(type: .integer, count: rowCount, storage: .int32(groups))
        let order = SortKernel.permutation(
            [SortKey(groupVector), SortKey(all, descending: isDescending, nullsFirst: false)],
            count: rowCount)
        var position = 0
        for group in 0..<groupCount {
            let start = position
            while position < rowCount, Int(groups[Int(order[position])]) == group { position += 1 }
            var end = position
            while end > start, !all.isValid(Int(order[end - 1])) { end -= 1 }
            append(to: &builder, group, isEmpty: end == start) { fraction in
                result(all, order, start, end, fraction)
            }
        }
        return builder.finish()
    }

    /// The results of one group: a value, or an array of those of all fractions.
    private func append(
        to builder: inout VectorBuilder, _ group: Int, isEmpty: Bool,
        _ result: (Double) -> Value
    ) {
        let asked = kind == .mode || kind == .median ? [0.5] : fractions.of(group)
        guard !isEmpty, let asked else { return builder.appendNull() }
        guard isList, let element = type.arrayElement else {
            return builder.append(asked.first?.map(result) ?? .null)
        }
        var array = ArrayWriter(ArrayLayout(element: element))
        for fraction in asked { array.append(fraction.map(result) ?? .null) }
        builder.append(array)
    }

    // MARK: Selection

    private func selected(_ groupCount: Int) -> Vector {
        let type = parts[0].values.type
        var ends = [Int](repeating: 0, count: groupCount + 1)
        let columns = parts.map { ($0.values.withoutConstant(), $0.groups) }
        ends.withUnsafeMutableBufferPointer { ends in
            for (values, groups) in columns { countRows(values, groups, ends) }
            // Where each group begins; spreading the values then moves it to the group's end.
            var start = 0
            for group in 0..<groupCount {
                let rows = ends[group]
                ends[group] = start
                start += rows
            }
        }
        let valueCount = columns.reduce(0) { $0 + $1.0.count - ($1.0.validity?.nullCount ?? 0) }
        var images = [Int64](unsafeUninitializedCapacity: valueCount) { images, count in
            ends.withUnsafeMutableBufferPointer { ends in
                for (values, groups) in columns { spread(values, groups, into: images, ends) }
            }
            count = valueCount
        }
        var builder = VectorBuilder(type: self.type, capacity: groupCount)
        var start = 0
        images.withUnsafeMutableBufferPointer { images in
            for group in 0..<groupCount {
                let run = UnsafeMutableBufferPointer(rebasing: images[start..<ends[group]])
                start = ends[group]
                append(to: &builder, group, isEmpty: run.isEmpty) { fraction in
                    selected(run, type, fraction)
                }
            }
        }
        return builder.finish()
    }

    /// The result of one group.
    private func selected(
        _ run: UnsafeMutableBufferPointer<Int64>, _ type: LogicalType, _ fraction: Double
    ) -> Value {
        func ascending(_ rank: Int) -> Int { isDescending ? run.count - 1 - rank : rank }
        func image(_ rank: Int) -> Int64 { SelectKernel.selectSigned(ascending(rank), run) }
        if kind == .discrete {
            let rank = (fraction * Double(run.count)).rounded(.up)
            return Self.value(image(max(0, Int(rank) - 1)), type)
        }
        let exact = fraction * Double(run.count - 1)
        let lower = Int(exact.rounded(.down))
        let share = exact - Double(lower)
        let low = image(lower)
        if share == 0 { return Self.value(low, type) }
        // After the selection the next value is the nearest one on the far side of its place.
        let place = ascending(lower)
        let next =
            isDescending ? greatest(run, 0, place) : least(run, place + 1, run.count)
        return Self.between(Self.value(low, type), Self.value(next, type), share)
    }

    private static func value(_ image: Int64, _ type: LogicalType) -> Value {
        var builder = VectorBuilder(type: type, capacity: 1)
        switch type.physicalType {
        case .int32: builder.append(int32: Int32(truncatingIfNeeded: image))
        case .float64: builder.append(double: OrderImage.double(image))
        default: builder.append(int64: image)
        }
        return builder.finish().value(at: 0)
    }

    // MARK: Sorting

    private func result(
        _ all: Vector, _ order: Buffer<Int32>, _ start: Int, _ end: Int, _ fraction: Double
    ) -> Value {
        func value(_ index: Int) -> Value { all.value(at: Int(order[start + index])) }
        let count = end - start
        switch kind {
        case .discrete:
            let rank = (fraction * Double(count)).rounded(.up)
            return value(max(0, Int(rank) - 1))
        case .mode:
            var (best, bestCount, index) = (0, 0, 0)
            while index < count {
                var next = index + 1
                while next < count, ValueComparison.compare(value(next), value(index)) == 0 {
                    next += 1
                }
                if next - index > bestCount { (best, bestCount) = (index, next - index) }
                index = next
            }
            return value(best)
        case .continuous, .median:
            let exact = fraction * Double(count - 1)
            let lower = Int(exact.rounded(.down))
            let share = exact - Double(lower)
            if share == 0 { return value(lower) }
            return Self.between(value(lower), value(lower + 1), share)
        }
    }

    private static func between(_ low: Value, _ high: Value, _ share: Double) -> Value {
        switch (low, high) {
        case (.double(let a), .double(let b)): return .double(a + (b - a) * share)
        case (.interval(let a), .interval(let b)):
            guard let negated = try? a.negated(), let step = try? b.adding(negated),
                let part = try? step.multiplied(by: share), let sum = try? a.adding(part)
            else { return low }
            return .interval(sum)
        default: return low
        }
    }
}

/// Adds to each group's count its rows that are not NULL.
private func countRows(
    _ values: Vector, _ groups: Buffer<Int32>, _ counts: UnsafeMutableBufferPointer<Int>
) {
    let group = groups.pointer
    guard let mask = RowMask(values) else {
        for row in 0..<values.count { counts[Int(group[row])] &+= 1 }
        return
    }
    for row in 0..<values.count { counts[Int(group[row])] &+= Int(mask.bit(row)) }
}

/// Writes the image of each value to the next free place of its group.
private func spread(
    _ values: Vector, _ groups: Buffer<Int32>, into images: UnsafeMutableBufferPointer<Int64>,
    _ next: UnsafeMutableBufferPointer<Int>
) {
    let mask = RowMask(values)
    let group = groups.pointer
    @inline(__always)
    func write(_ image: (Int) -> Int64) {
        for row in 0..<values.count {
            if let mask, !mask.isValid(row) { continue }
            let index = Int(group[row])
            images[next[index]] = image(row)
            next[index] &+= 1
        }
    }
    switch values.storage {
    case .int32(let buffer):
        let source = buffer.pointer
        write { Int64(source[$0]) }
    case .int64(let buffer):
        let source = buffer.pointer
        write { source[$0] }
    case .float64(let buffer):
        let source = buffer.pointer
        write { OrderImage.image(source[$0]) }
    default: break
    }
}

private func least(_ run: UnsafeMutableBufferPointer<Int64>, _ start: Int, _ end: Int) -> Int64 {
    var result = Int64.max
    for index in start..<end { result = min(result, run[index]) }
    return result
}

private func greatest(_ run: UnsafeMutableBufferPointer<Int64>, _ start: Int, _ end: Int) -> Int64 {
    var result = Int64.min
    for index in start..<end { result = max(result, run[index]) }
    return result
}
