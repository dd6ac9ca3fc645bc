import DemetraTypes
import DemetraVectors

/// `min` and `max` of numbers and times kept as 64-bit images.
///
/// The image of `min` is turned round, so that both look for the greatest; a group without values holds
/// the least image of all.
///
/// Safe because group numbers are below the group count, and rows below the count of their buffers.
// Owned by one worker.
final class ExtremeAccumulator: AggregateAccumulator {
    private let isMaximum: Bool
    private let type: LogicalType
    private var best: [Int64] = []
    private var seen: [UInt8] = []

    init(isMaximum: Bool, type: LogicalType) {
        self.isMaximum = isMaximum
        self.type = type
    }

    /// The types whose values have an image that sorts as they do.
    static func handles(_ type: LogicalType) -> Bool { OrderImage.exists(for: type) }

    var byteCount: Int { best.count * 9 }

    func resize(groupCount: Int) {
        let more = groupCount - best.count
        guard more > 0 else { return }
        best += Array(repeating: .min, count: more)
        seen += Array(repeating: 0, count: more)
    }

    func update(_ arguments: [Vector], groups: GroupIndices, count: Int) {
        let vector = arguments[0].withoutConstant()
        let mask = RowMask(vector)
        let turn: Int64 = isMaximum ? 0 : -1
        best.withUnsafeMutableBufferPointer { best in
            seen.withUnsafeMutableBufferPointer { seen in
                guard let best = best.baseAddress, let seen = seen.baseAddress else { return }
                switch vector.storage {
                case .int32(let buffer):
                    let values = buffer.pointer
                    keepGreatest(groups, count, mask, best, seen) { Int64(values[$0]) ^ turn }
                case .int64(let buffer):
                    let values = buffer.pointer
                    keepGreatest(groups, count, mask, best, seen) { values[$0] ^ turn }
                case .float64(let buffer):
                    let values = buffer.pointer
                    keepGreatest(groups, count, mask, best, seen) {
                        OrderImage.image(values[$0]) ^ turn
                    }
                default: break
                }
            }
        }
    }

    func merge(_ other: any AggregateAccumulator, groupMap: Buffer<Int32>) {
        guard let other = other as? ExtremeAccumulator else { return }
        for group in 0..<min(other.best.count, groupMap.count) {
            let target = Int(groupMap[group])
            best[target] = max(best[target], other.best[group])
            seen[target] |= other.seen[group]
        }
    }

    func finish(groupCount: Int) -> Vector {
        var builder = VectorBuilder(type: type, capacity: groupCount)
        for group in 0..<groupCount {
            guard seen[group] != 0 else {
                builder.appendNull()
                continue
            }
            let image = best[group] ^ (isMaximum ? 0 : -1)
            switch type.physicalType {
            case .int32: builder.append(int32: Int32(truncatingIfNeeded: image))
            case .float64: builder.append(double: OrderImage.double(image))
            default: builder.append(int64: image)
            }
        }
        return builder.finish()
    }
}

@inline(__always)
private func keepGreatest(
    _ groups: GroupIndices, _ count: Int, _ mask: RowMask?, _ best: UnsafeMutablePointer<Int64>,
    _ seen: UnsafeMutablePointer<UInt8>, _ image: (Int) -> Int64
) {
    switch (groups, mask) {
    case (.one(let group), nil):
        var result = best[Int(group)]
        for row in 0..<count { result = max(result, image(row)) }
        best[Int(group)] = result
        if count > 0 { seen[Int(group)] = 1 }
    case (.one(let group), let mask?):
        var result = best[Int(group)]
        for row in 0..<count { result = max(result, mask.isValid(row) ? image(row) : .min) }
        best[Int(group)] = result
        if mask.nullCount < count { seen[Int(group)] = 1 }
    case (.rows(let rows), nil):
        let group = rows.pointer
        for row in 0..<count {
            let index = Int(truncatingIfNeeded: group[row])
            best[index] = max(best[index], image(row))
            seen[index] = 1
        }
    case (.rows(let rows), let mask?):
        let group = rows.pointer
        for row in 0..<count {
            let index = Int(truncatingIfNeeded: group[row])
            best[index] = max(best[index], mask.isValid(row) ? image(row) : .min)
            seen[index] |= UInt8(truncatingIfNeeded: mask.bit(row))
        }
    }
}

/// Integers that sort as the values of a type do.
enum OrderImage {
    /// True for the types that have one.
    static func exists(for type: LogicalType) -> Bool {
        switch type.physicalType {
        case .int32, .int64, .float64: true
        default: false
        }
    }

    /// An integer that sorts as the double does; NaN is the greatest.
    static func image(_ value: Double) -> Int64 {
        if value.isNaN { return .max }
        let bits = Int64(bitPattern: (value == 0 ? 0 : value).bitPattern)
        return bits >= 0 ? bits : bits ^ Int64.max
    }

    /// The double of an image.
    static func double(_ image: Int64) -> Double {
        if image == .max { return .nan }
        return Double(bitPattern: UInt64(bitPattern: image >= 0 ? image : image ^ Int64.max))
    }
}
