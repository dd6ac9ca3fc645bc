import DemetraTypes
import DemetraVectors

/// Where in a row group each of its rows is, by id: rows that were sorted do not lie in the order of their ids.
///
/// An entry is the distance from the least id, and the place in the lowest sixteen bits.
// Immutable after init.
final class RowIndex: Sendable {
    private static let placeBits: UInt64 = 16

    private let least: Int64
    private let entries: [UInt64]

    /// - Parameter ids: as bigint, at most a row group of them.
    init(_ ids: Vector) throws(DemetraError) {
        guard case .int64(let numbers) = ids.flattened().storage,
            numbers.count <= RowGroup.capacity
        else { throw DemetraError(.internalError, "row ids are not bigint") }
        let numberList = numbers.array
        let least = numberList.min() ?? 0
        var entries: [UInt64] = []
        entries.reserveCapacity(numberList.count)
        for (place, number) in numberList.enumerated() {
            entries.append(UInt64(bitPattern: number &- least) << Self.placeBits | UInt64(place))
        }
        if let order = RadixSort.order(by: [entries], count: entries.count) {
            entries = order.array.map { entries[Int($0)] }
        }
        self.least = least
        self.entries = entries
    }

    var byteCount: Int { entries.count * MemoryLayout<UInt64>.stride }

    /// The place of a row; nil when it is not there.
    func place(of id: Int64) -> Int? {
        guard id >= least else { return nil }
        let wanted = UInt64(bitPattern: id &- least) << Self.placeBits
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        guard low < entries.count, entries[low] >> Self.placeBits == wanted >> Self.placeBits
        else { return nil }
        return Int(entries[low] & (1 << Self.placeBits - 1))
    }
}

/// The ids of the rows of a group, by place.
struct GroupIDs {
    private let first: Int64
    private let listed: Buffer<Int64>?

    init(_ group: RowGroup) throws(DemetraError) {
        first = group.first
        guard case .listed = group.numbers else {
            listed = nil
            return
        }
        guard
            case .int64(let ids) = try group.rowIDs(from: 0, count: group.count).flattened().storage
        else { throw DemetraError(.internalError, "row ids are not bigint") }
        listed = ids
    }

    subscript(row: Int) -> Int64 { listed.map { $0[row] } ?? first + Int64(row) }
}
