package import DemetraTypes

/// Numbers the distinct rows of key vectors 0, 1, 2, ... in the order they are first seen.
///
/// Each key column turns its values into small integers, which pack into the fewest words that
/// hold what was seen so far. Few bits index an array directly, a word goes to a hash table of
/// words, several words to one of rows. When a batch brings a value that does not fit its field,
/// fields widen and the groups so far are packed anew: this happens a logarithmic number of times.
///
///     platform  dictionary code -> 5 bits ┐
///     day       distance        -> 7 bits ┴ 12 bits: an array of 4,096 group numbers
///
/// - Invariant: group g's words lie at `groupWords[g * wordCount]`, and are distinct.
/// - Complexity: about a nanosecond a row and key while direct.
///
/// Safe because a chunk is at most `chunk` rows of vectors whose length was checked, and room for
/// all its new groups is made before they are written.
// Owned by one thread.
package final class GroupTable {
    /// Rows that are packed at a time: their words stay in the first cache. A multiple of 64.
    static let chunk = 2_048

    let columns: [KeyColumn]
    private(set) var wordCount = 1
    private(set) var groupWords = BufferBuilder<UInt64>(capacity: 64)
    private(set) var slots = GroupSlots()
    private var totalBits = 0
    private var groups = 0
    private var words = BufferBuilder<UInt64>(capacity: chunk)

    /// An empty table for keys of these types.
    package init(keyTypes: [LogicalType]) {
        columns = keyTypes.map { KeyColumn(type: $0) }
        arrange()
    }

    /// The number of distinct keys so far; 1 without keys.
    package var groupCount: Int { columns.isEmpty ? 1 : groups }

    /// Bytes held.
    package var byteCount: Int {
        columns.reduce(slots.byteCount + (groupWords.capacity + words.capacity) * 8) {
            $0 + $1.byteCount
        }
    }

    /// The group number of each row; new keys get new numbers; NULL is a key of its own.
    ///
    /// Without keys every row belongs to group 0.
    ///
    /// - Throws: 54000 when there are more than 2^31 groups or 4 GiB of distinct text.
    package func assign(_ keys: [Vector], count: Int) throws(DemetraError) -> Buffer<Int32> {
        precondition(keys.count == columns.count, "a table needs one vector per key")
        precondition(keys.allSatisfy { $0.count == count }, "keys of different length")
        if keys.allSatisfy(\.isConstant), count > 0 {
            guard !keys.isEmpty else { return Buffer(repeating: 0, count: count) }
            var group: Int32 = 0
            try assignChunk(keys, from: 0, count: 1, &group)
            return Buffer(repeating: group, count: count)
        }
        let output = BufferBuilder<Int32>(capacity: count)
        var first = 0
        while first < count {
            let rows = min(Self.chunk, count - first)
            try assignChunk(keys, from: first, count: rows, output.pointer + first)
            first += rows
        }
        return output.freeze(count: count)
    }

    /// One vector per key, one row per group.
    package func keyVectors() -> [Vector] {
        columns.map {
            $0.values(of: UnsafePointer(groupWords.pointer), wordCount: wordCount, count: groups)
        }
    }

    /// Takes over the keys of another table of the same types.
    ///
    /// - Returns: for each of the other's groups its number here.
    package func merge(_ other: GroupTable) throws(DemetraError) -> Buffer<Int32> {
        try assign(other.keyVectors(), count: other.groupCount)
    }

    private func assignChunk(
        _ keys: [Vector], from first: Int, count: Int, _ output: UnsafeMutablePointer<Int32>
    ) throws(DemetraError) {
        var mustArrange = false
        for (column, key) in zip(columns, keys) {
            let isDone =
                if case .constant(let box) = key.storage {
                    column.prepare(box.vector, from: 0, count: 1)
                } else {
                    column.prepare(key, from: first, count: count)
                }
            guard isDone else { throw Self.tooManyTexts }
            mustArrange = mustArrange || column.wanted != column.field
        }
        guard groups + count <= Int(Int32.max) else { throw Self.tooManyGroups }
        if mustArrange { arrange() }
        makeRoom(for: groups + count)
        let packed = words.pointer
        packed.update(repeating: 0, count: wordCount * Self.chunk)
        for (column, key) in zip(columns, keys) {
            if case .constant(let box) = key.storage {
                packConstant(column, box.vector, count)
            } else {
                column.pack(key, from: first, count: count, into: packed, stride: Self.chunk)
            }
        }
        slots.assign(
            UnsafePointer(packed), stride: Self.chunk, wordCount: wordCount, count: count,
            groupWords: groupWords.pointer, groupCount: &groups, output)
        groupWords.setCount(groups * wordCount)
    }

    private func packConstant(_ column: KeyColumn, _ one: Vector, _ count: Int) {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: wordCount) { row in
            guard let base = row.baseAddress else { return }
            base.initialize(repeating: 0, count: wordCount)
            column.pack(one, from: 0, count: 1, into: base, stride: 1)
            for word in 0..<wordCount where base[word] != 0 {
                uniteConstant(base[word], words.pointer + word * Self.chunk, count)
            }
        }
    }

    private func makeRoom(for groupCount: Int) {
        let needed = groupCount * wordCount
        if needed > groupWords.capacity { groupWords.reserve(max(needed, groupWords.capacity * 2)) }
        if !slots.hasRoom(for: groupCount) {
            slots.rebuild(
                UnsafePointer(groupWords.pointer), wordCount: wordCount, totalBits: totalBits,
                groupCount: groups, room: groupCount)
        }
    }

    /// Gives every field the width its column wants and packs the groups so far anew.
    private func arrange() {
        var fields = columns.map(\.wanted)
        let (newWordCount, newBits) = placeFields(&fields)
        var moved = BufferBuilder<UInt64>(capacity: max(64, groups * newWordCount))
        moved.pointer.update(repeating: 0, count: groups * newWordCount)
        for (column, field) in zip(columns, fields) {
            column.move(
                UnsafePointer(groupWords.pointer), wordCount, to: moved.pointer, newWordCount,
                field, count: groups)
            column.field = field
            column.wanted = field
        }
        moved.setCount(groups * newWordCount)
        groupWords = moved
        wordCount = newWordCount
        totalBits = newBits
        words.reserve(wordCount * Self.chunk)
        slots.rebuild(
            UnsafePointer(groupWords.pointer), wordCount: wordCount, totalBits: totalBits,
            groupCount: groups, room: groups + Self.chunk)
    }

    private static let tooManyTexts = DemetraError(
        .programLimitExceeded, "distinct texts of a grouping or join key exceed 4 GiB",
        hint: "Group or join by a shorter column.")
    private static let tooManyGroups = DemetraError(
        .programLimitExceeded, "more than 2147483647 distinct keys in a grouping or join",
        hint: "Group or join by fewer columns, or filter the rows first.")
}

private func uniteConstant(_ word: UInt64, _ words: UnsafeMutablePointer<UInt64>, _ count: Int) {
    for row in 0..<count { words[row] |= word }
}
