import DemetraVectors

/// Orders rows by packed keys: a byte and a half at a time, least significant first, keys moved along with
/// their rows so that every pass reads memory in order.
///
/// Safe because rows are counted before they are placed, so every place is below the count.
enum RadixSort {
    private struct Entry {
        var key: UInt64
        var row: Int32
    }

    private static let digitBits: UInt64 = 11
    private static let digitCount = 1 << 11

    /// The rows in the order of words, the first of which weighs most; equal rows keep their order. Nil when
    /// they are in order already.
    ///
    /// - Parameter words: as many values each as there are rows.
    static func order(by words: [[UInt64]], count: Int) -> Buffer<Int32>? {
        guard !isSorted(words, count) else { return nil }
        var entries: [Entry] = []
        entries.reserveCapacity(count)
        for row in 0..<count { entries.append(Entry(key: 0, row: Int32(truncatingIfNeeded: row))) }
        var scratch = entries
        for word in words.reversed() {
            word.withUnsafeBufferPointer { values in
                entries.withUnsafeMutableBufferPointer { entries in
                    for index in 0..<count { entries[index].key = values[Int(entries[index].row)] }
                }
            }
            sort(&entries, &scratch)
        }
        let builder = BufferBuilder<Int32>(capacity: count)
        entries.withUnsafeBufferPointer { entries in
            for index in 0..<count { builder.pointer[index] = entries[index].row }
        }
        return builder.freeze(count: count)
    }

    private static func isSorted(_ words: [[UInt64]], _ count: Int) -> Bool {
        guard let first = words.first else { return true }
        return first.withUnsafeBufferPointer { first in
            for row in 1..<max(1, count) {
                if first[row - 1] < first[row] { continue }
                if first[row - 1] > first[row] { return false }
                for word in words.dropFirst() {
                    if word[row - 1] < word[row] { break }
                    if word[row - 1] > word[row] { return false }
                }
            }
            return true
        }
    }

    private static func sort(_ entries: inout [Entry], _ scratch: inout [Entry]) {
        guard let first = entries.first?.key else { return }
        let count = entries.count
        var differing: UInt64 = 0
        for entry in entries { differing |= entry.key ^ first }
        for shift in stride(from: UInt64(0), to: 64, by: Int(digitBits))
        where (differing >> shift) & UInt64(digitCount - 1) != 0 {
            var next = [Int](repeating: 0, count: digitCount + 1)
            entries.withUnsafeBufferPointer { source in
                scratch.withUnsafeMutableBufferPointer { target in
                    next.withUnsafeMutableBufferPointer { next in
                        for index in 0..<count { next[digit(source[index].key, shift) + 1] += 1 }
                        for value in 0..<digitCount { next[value + 1] += next[value] }
                        for index in 0..<count {
                            let entry = source[index]
                            let digit = digit(entry.key, shift)
                            target[next[digit]] = entry
                            next[digit] &+= 1
                        }
                    }
                }
            }
            swap(&entries, &scratch)
        }
    }

    @inline(__always)
    private static func digit(_ key: UInt64, _ shift: UInt64) -> Int {
        Int(truncatingIfNeeded: (key &>> shift) & UInt64(digitCount - 1))
    }
}
