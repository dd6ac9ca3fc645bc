import DemetraCatalog
import DemetraTypes
import DemetraVectors

/// The order that rows have in segments.
///
/// With a primary key: by partition, then the key columns but the time, then the time; so all hours of one ad lie
/// side by side, and what repeats takes no room. Without one: by time. `WITH (order = 'a, b')` orders the rows of a
/// partition otherwise. A table without a time column keeps its rows as they come, unless it names an order.
///
/// Key columns are packed into 64-bit words where their values allow it.
///
/// Safe because rows are below the counts of the buffers they are read from.
struct RowOrder {
    let definition: TableDefinition

    /// What an order is made of.
    private enum Part {
        case partition
        case column(Int)
    }

    private var parts: [Part] {
        if let order = definition.order {
            let columns = order.compactMap { id in
                definition.columns.firstIndex { $0.id == id }.map { Part.column($0) }
            }
            return (definition.timeColumn == nil ? [] : [.partition]) + columns
        }
        guard let time = definition.timeColumn else { return [] }
        guard let key = definition.primaryKey else { return [.column(time)] }
        return [.partition] + key.columns.filter { $0 != time }.map { .column($0) } + [
            .column(time)
        ]
    }

    /// Rows stay as they come.
    var isNatural: Bool { parts.isEmpty }

    /// The rows in order; nil when they are in order already.
    ///
    /// - Parameters:
    ///   - times: of the time column, where the table has one.
    ///   - ids: the order of rows that have no other.
    func permutation(
        _ vectors: [Vector], _ times: [Int64]?, _ ids: Vector?, count: Int
    ) -> Buffer<Int32>? {
        guard count > 1 else { return nil }
        let parts = parts
        var words = PackedWords(count: count)
        if parts.isEmpty {
            guard let ids, words.add(ids) else { return nil }
        }
        for part in parts {
            switch part {
            case .partition:
                guard let times else { continue }
                words.add(partitions(times))
            case .column(let column):
                if words.add(vectors[column]) { continue }
                return general(vectors, times, count)
            }
        }
        return RadixSort.order(by: words.finished, count: count)
    }

    private func partitions(_ times: [Int64]) -> [Int64] {
        var finder = PartitionFinder(interval: definition.partition)
        return times.map { finder.partition(of: $0) }
    }

    /// Any types, by comparing.
    private func general(_ vectors: [Vector], _ times: [Int64]?, _ count: Int) -> Buffer<Int32>? {
        var keys: [SortKey] = []
        for part in parts {
            switch part {
            case .partition:
                let numbers = Buffer(partitions(times ?? []))
                keys.append(
                    SortKey(
                        Vector(type: .bigint, count: count, storage: .int64(numbers)),
                        descending: false, nullsFirst: true))
            case .column(let column):
                keys.append(
                    SortKey(vectors[column], descending: false, nullsFirst: true))
            }
        }
        let rows = SortKernel.permutation(keys, count: count)
        return (0..<count).allSatisfy { Int(rows.pointer[$0]) == $0 } ? nil : rows
    }
}

/// Finds partitions of times; neighbours are usually in the same one.
struct PartitionFinder {
    private let interval: PartitionInterval
    private var known = 0..<Int64(0)
    private var number: Int64 = 0

    init(interval: PartitionInterval) { self.interval = interval }

    mutating func partition(of time: Int64) -> Int64 {
        if known.contains(time) { return number }
        number = interval.partition(of: time)
        let (start, end) = (interval.start(of: number), interval.start(of: number + 1))
        known = start..<max(start, end)
        return number
    }
}

/// Columns packed side by side into words: each value takes the bits that the range of its column needs.
private struct PackedWords {
    /// Distinct texts up to which a dictionary's are put in order.
    private static let rankedTexts = 1 << 16

    private let count: Int
    private var words: [[UInt64]] = []
    private var last: [UInt64]
    private var lastBits: UInt64 = 0

    init(count: Int) {
        self.count = count
        last = [UInt64](repeating: 0, count: count)
    }

    var finished: [[UInt64]] { lastBits > 0 ? words + [last] : words }

    mutating func add(_ values: [Int64]) {
        guard let low = values.min(), let high = values.max() else { return }
        let bits = width(low, high)
        makeRoom(bits)
        for row in 0..<count {
            last[row] = shifted(last[row], bits) | UInt64(bitPattern: values[row] &- low)
        }
    }

    /// False for a column whose values do not pack.
    mutating func add(_ vector: Vector) -> Bool {
        guard !vector.isConstant else { return true }
        switch vector.storage {
        case .boolean(let buffer): add(buffer, vector.validity)
        case .int32(let buffer): add(buffer, vector.validity)
        case .int64(let buffer): add(buffer, vector.validity)
        case .dictionary(let codes, let dictionary):
            guard dictionary.count <= Self.rankedTexts else { return false }
            add(ranked(codes, dictionary), vector.validity)
        default: return false
        }
        return true
    }

    /// NULL comes first.
    private mutating func add<Number: FixedWidthInteger & BitwiseCopyable>(
        _ buffer: Buffer<Number>, _ validity: ValidityMask?
    ) {
        guard count > 0 else { return }
        let values = buffer.pointer
        var (low, high) = (values[0], values[0])
        for row in 0..<count {
            low = min(low, values[row])
            high = max(high, values[row])
        }
        let base = UInt64(truncatingIfNeeded: low)
        if validity == nil, let unit = unit(values, base) {
            let span = UInt64(truncatingIfNeeded: high) &- base
            let bits = UInt64(64 - (span / unit).leadingZeroBitCount)
            makeRoom(bits)
            for row in 0..<count {
                let value = (UInt64(truncatingIfNeeded: values[row]) &- base) / unit
                last[row] = shifted(last[row], bits) | value
            }
            return
        }
        let bits = width(Int64(low), Int64(high))
        if let validity {
            // A bit that says "not NULL" before the value; what a NULL row holds must not order it.
            makeRoom(1)
            for row in 0..<count {
                last[row] = shifted(last[row], 1) | (validity.isValid(row) ? 1 : 0)
            }
            makeRoom(bits)
            for row in 0..<count {
                let value = UInt64(truncatingIfNeeded: values[row]) &- base
                last[row] = shifted(last[row], bits) | (validity.isValid(row) ? value : 0)
            }
            return
        }
        makeRoom(bits)
        for row in 0..<count {
            last[row] = shifted(last[row], bits) | (UInt64(truncatingIfNeeded: values[row]) &- base)
        }
    }

    /// Whole days, hours and so on: what times often are, which saves bits.
    private static let units: [UInt64] = [86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000]

    /// A unit of which all distances from the least value are multiples.
    private func unit<Number: FixedWidthInteger & BitwiseCopyable>(
        _ values: UnsafePointer<Number>, _ base: UInt64
    ) -> UInt64? {
        guard Number.bitWidth == 64 else { return nil }
        return Self.units.first { unit in
            for row in 0..<count {
                let distance = UInt64(truncatingIfNeeded: values[row]) &- base
                if distance % unit != 0 { return false }
            }
            return true
        }
    }

    private func ranked(_ codes: Buffer<Int32>, _ dictionary: VectorDictionary) -> Buffer<Int32> {
        let order = (0..<dictionary.count).sorted { left, right in
            dictionary.values.bytes(at: left).lexicographicallyPrecedes(
                dictionary.values.bytes(at: right))
        }
        var ranks = [Int32](repeating: 0, count: dictionary.count)
        for (rank, code) in order.enumerated() { ranks[code] = Int32(rank) }
        return TakeKernel.codes(Buffer(ranks), at: codes)
    }

    private func width(_ low: Int64, _ high: Int64) -> UInt64 {
        UInt64(64 - (UInt64(bitPattern: high) &- UInt64(bitPattern: low)).leadingZeroBitCount)
    }

    @inline(__always)
    private func shifted(_ word: UInt64, _ bits: UInt64) -> UInt64 { bits > 63 ? 0 : word &<< bits }

    private mutating func makeRoom(_ bits: UInt64) {
        if lastBits + bits > 64 {
            words.append(last)
            last = [UInt64](repeating: 0, count: count)
            lastBits = 0
        }
        lastBits += bits
    }
}
