import DemetraTypes
import DemetraVectors

/// `string_agg`: the texts of each group in the order in which they came, each behind the separator given with
/// it; NULL for no texts.
// Owned by one worker.
final class StringAccumulator: AggregateAccumulator {
    /// Every text with its separator in front; that of the first is left out at the end, so that parts of a
    /// group join without knowing which comes first.
    private struct Parts {
        var bytes: [UInt8] = []
        var firstSeparatorLength = 0
        var isEmpty = true
    }

    /// Bytes of the longest text.
    private static let longestText = 1 << 30

    private let type: LogicalType
    private var groups: [Parts] = []
    private var textBytes = 0

    init(type: LogicalType) { self.type = type }

    /// Texts grow by doubling.
    var byteCount: Int { groups.count * MemoryLayout<Parts>.stride + textBytes * 2 }

    func resize(groupCount: Int) {
        let more = groupCount - groups.count
        if more > 0 { groups += Array(repeating: Parts(), count: more) }
    }

    /// - Throws: 54000 when a text grows beyond 1 GiB.
    func update(
        _ arguments: [Vector], groups indices: GroupIndices, count: Int
    ) throws(DemetraError) {
        for row in 0..<count {
            guard case .text(let text) = arguments[0].value(at: row) else { continue }
            var separator = ""
            if case .text(let given) = arguments[1].value(at: row) { separator = given }
            let group = indices.group(row)
            if groups[group].isEmpty {
                groups[group].isEmpty = false
                groups[group].firstSeparatorLength = separator.utf8.count
            }
            groups[group].bytes.append(contentsOf: separator.utf8)
            groups[group].bytes.append(contentsOf: text.utf8)
            textBytes += separator.utf8.count + text.utf8.count
            try check(groups[group])
        }
    }

    func merge(
        _ other: any AggregateAccumulator, groupMap: Buffer<Int32>
    ) throws(DemetraError) {
        guard let other = other as? StringAccumulator else { return }
        for group in 0..<min(other.groups.count, groupMap.count)
        where !other.groups[group].isEmpty {
            let target = Int(groupMap[group])
            if groups[target].isEmpty {
                groups[target] = other.groups[group]
            } else {
                groups[target].bytes += other.groups[group].bytes
            }
            textBytes += other.groups[group].bytes.count
            try check(groups[target])
        }
    }

    private func check(_ parts: Parts) throws(DemetraError) {
        guard parts.bytes.count > Self.longestText || textBytes > TextBuffer.heapLimit else {
            return
        }
        throw DemetraError(
            .programLimitExceeded, "string_agg gives a text of more than 1 GiB",
            hint: "Aggregate fewer rows at a time.")
    }

    func finish(groupCount: Int) -> Vector {
        var builder = VectorBuilder(type: type, capacity: groupCount)
        for parts in groups.prefix(groupCount) {
            if parts.isEmpty {
                builder.appendNull()
            } else {
                let bytes = parts.bytes.dropFirst(parts.firstSeparatorLength)
                builder.append(text: String(decoding: bytes, as: UTF8.self))
            }
        }
        return builder.finish()
    }
}
