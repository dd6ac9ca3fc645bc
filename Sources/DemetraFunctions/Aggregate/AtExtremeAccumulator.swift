import DemetraTypes
import DemetraVectors

/// `first(value, time)` and `last(value, time)`: the value at the least or greatest time.
///
/// Rows without a time do not count; among equal times the row that came last wins for `last`, the one
/// that came first for `first`. A batch first finds for each of its groups the row that wins, by integer
/// images of the times, and then fetches only those rows' values.
///
/// Safe because group numbers are below the group count, and rows below the count of their buffers.
// Owned by one worker.
final class AtExtremeAccumulator: AggregateAccumulator {
    private let isLast: Bool
    private let type: LogicalType
    /// Images of the best times, turned round for `first`, so that the greatest wins.
    private var best: [Int64] = []
    private var seen: [UInt8] = []
    /// While a batch is taken in: its row that leads the group, plus one; 0 elsewhere.
    private var leaders: [Int32] = []
    private var values: WinnerValues

    init(isLast: Bool, type: LogicalType) {
        self.isLast = isLast
        self.type = type
        values = WinnerValues(type)
    }

    /// The types of time it can order; others go to `AtExtremeValueAccumulator`.
    static func handles(time: LogicalType) -> Bool { OrderImage.exists(for: time) }

    var byteCount: Int { best.count * 13 + values.byteCount }

    func resize(groupCount: Int) {
        let more = groupCount - best.count
        guard more > 0 else { return }
        best += Array(repeating: .min, count: more)
        seen += Array(repeating: 0, count: more)
        leaders += Array(repeating: 0, count: more)
        values.resize(groupCount)
    }

    func update(_ arguments: [Vector], groups: GroupIndices, count: Int) {
        let times = arguments[1].withoutConstant()
        let mask = RowMask(times)
        let turn: Int64 = isLast ? 0 : -1
        let touched: [Int32]
        switch times.storage {
        case .int32(let buffer):
            let source = buffer.pointer
            touched = lead(groups, count, mask) { Int64(source[$0]) ^ turn }
        case .int64(let buffer):
            let source = buffer.pointer
            touched = lead(groups, count, mask) { source[$0] ^ turn }
        case .float64(let buffer):
            let source = buffer.pointer
            touched = lead(groups, count, mask) { OrderImage.image(source[$0]) ^ turn }
        default: return
        }
        values.take(arguments[0], rows: leaders, groups: touched)
        for group in touched { leaders[Int(group)] = 0 }
    }

    /// The groups that got a new leader; `leaders` says which row.
    @inline(__always)
    private func lead(
        _ groups: GroupIndices, _ count: Int, _ mask: RowMask?, _ image: (Int) -> Int64
    ) -> [Int32] {
        // Among equal times the later row wins for `last` only.
        let step: Int64 = isLast ? 0 : 1
        let rows: Buffer<Int32>? = if case .rows(let rows) = groups { rows } else { nil }
        let only: Int32 = if case .one(let group) = groups { group } else { 0 }
        return [Int32](unsafeUninitializedCapacity: count) { touched, touchedCount in
            best.withUnsafeMutableBufferPointer { best in
                seen.withUnsafeMutableBufferPointer { seen in
                    leaders.withUnsafeMutableBufferPointer { leaders in
                        for row in 0..<count {
                            if let mask, !mask.isValid(row) { continue }
                            let group = Int(truncatingIfNeeded: rows?.pointer[row] ?? only)
                            let time = image(row)
                            let isBetter = step == 0 ? time >= best[group] : time > best[group]
                            guard isBetter || seen[group] == 0 else { continue }
                            best[group] = time
                            seen[group] = 1
                            if leaders[group] == 0 {
                                touched[touchedCount] = Int32(truncatingIfNeeded: group)
                                touchedCount &+= 1
                            }
                            leaders[group] = Int32(truncatingIfNeeded: row &+ 1)
                        }
                    }
                }
            }
        }
    }

    func merge(_ other: any AggregateAccumulator, groupMap: Buffer<Int32>) {
        guard let other = other as? AtExtremeAccumulator else { return }
        for group in 0..<min(other.best.count, groupMap.count) where other.seen[group] != 0 {
            let target = Int(groupMap[group])
            let isBetter =
                isLast ? other.best[group] >= best[target] : other.best[group] > best[target]
            guard isBetter || seen[target] == 0 else { continue }
            best[target] = other.best[group]
            seen[target] = 1
            values.take(other.values, from: group, into: target)
        }
    }

    func finish(groupCount: Int) -> Vector { values.vector(groupCount) }
}

/// The value of each group's winning row: as words where the type fits one, else boxed.
private struct WinnerValues {
    private let type: LogicalType
    private var words: [UInt64] = []
    private var isValid: [Bool] = []
    private var boxed: [Value] = []

    init(_ type: LogicalType) { self.type = type }

    private var fitsWord: Bool {
        switch type.physicalType {
        case .boolean, .int32, .int64, .float64: true
        default: false
        }
    }

    var byteCount: Int { words.count * 9 + boxed.count * 48 }

    mutating func resize(_ groupCount: Int) {
        if fitsWord {
            words += Array(repeating: 0, count: groupCount - words.count)
            isValid += Array(repeating: false, count: groupCount - isValid.count)
        } else {
            boxed += Array(repeating: .null, count: groupCount - boxed.count)
        }
    }

    /// For each of `groups` the value of row `rows[group] - 1`.
    mutating func take(_ vector: Vector, rows: [Int32], groups: [Int32]) {
        let flat = vector.withoutConstant()
        switch flat.storage {
        case .boolean(let buffer):
            takeWords(flat, rows, groups) { UInt64(buffer.pointer[$0]) }
        case .int32(let buffer):
            takeWords(flat, rows, groups) {
                UInt64(bitPattern: Int64(buffer.pointer[$0]))
            }
        case .int64(let buffer):
            takeWords(flat, rows, groups) { UInt64(bitPattern: buffer.pointer[$0]) }
        case .float64(let buffer):
            takeWords(flat, rows, groups) { buffer.pointer[$0].bitPattern }
        default:
            for group in groups {
                boxed[Int(group)] = flat.value(at: Int(rows[Int(group)]) - 1)
            }
        }
    }

    @inline(__always)
    private mutating func takeWords(
        _ vector: Vector, _ rows: [Int32], _ groups: [Int32], _ word: (Int) -> UInt64
    ) {
        let mask = RowMask(vector)
        for group in groups {
            let row = Int(rows[Int(group)]) - 1
            words[Int(group)] = word(row)
            isValid[Int(group)] = mask?.isValid(row) ?? true
        }
    }

    mutating func take(_ other: WinnerValues, from source: Int, into target: Int) {
        if fitsWord {
            words[target] = other.words[source]
            isValid[target] = other.isValid[source]
        } else {
            boxed[target] = other.boxed[source]
        }
    }

    func vector(_ groupCount: Int) -> Vector {
        guard fitsWord else { return Vector(Array(boxed.prefix(groupCount)), type: type) }
        var builder = VectorBuilder(type: type, capacity: groupCount)
        for group in 0..<groupCount {
            guard isValid[group] else {
                builder.appendNull()
                continue
            }
            let word = words[group]
            switch type.physicalType {
            case .boolean: builder.append(boolean: word != 0)
            case .int32: builder.append(int32: Int32(truncatingIfNeeded: word))
            case .float64: builder.append(double: Double(bitPattern: word))
            default: builder.append(int64: Int64(bitPattern: word))
            }
        }
        return builder.finish()
    }
}
