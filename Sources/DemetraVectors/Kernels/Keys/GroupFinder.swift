import DemetraTypes

/// Looks keys up in a `GroupTable` that no longer changes, from any number of threads at once.
///
/// Real equality is tested, not hashes: a key that does not fit its field, or a text without a
/// code, cannot be in the table; all others compare as packed words.
///
/// Safe because fields are masked to their width before they index, and look-ups only read.
// Owned by one thread.
package final class GroupFinder {
    private let table: GroupTable
    /// For each key, whether NULL finds NULL.
    private let nullsMatch: [Bool]
    private var maps: [[ObjectIdentifier: CodeMap]]
    private let words: BufferBuilder<UInt64>
    private let present = BufferBuilder<UInt8>(capacity: GroupTable.chunk)
    private let valid = BufferBuilder<UInt8>(capacity: GroupTable.chunk + 8)
    private let codes = BufferBuilder<Int32>(capacity: GroupTable.chunk)

    private static let mapLimit = 64

    /// Looks keys up in a table.
    ///
    /// - Parameter nullsMatch: for each key, whether NULL finds NULL.
    package init(_ table: GroupTable, nullsMatch: [Bool]) {
        self.table = table
        self.nullsMatch = nullsMatch
        maps = Array(repeating: [:], count: nullsMatch.count)
        words = BufferBuilder(capacity: table.wordCount * GroupTable.chunk)
    }

    /// The group of each row, or -1.
    package func find(_ keys: [Vector], count: Int) -> Buffer<Int32> {
        precondition(keys.count == table.columns.count, "a probe needs one vector per key")
        precondition(keys.allSatisfy { $0.count == count }, "keys of different length")
        if keys.isEmpty { return Buffer(repeating: 0, count: count) }
        let output = BufferBuilder<Int32>(capacity: count)
        var first = 0
        while first < count {
            let rows = min(GroupTable.chunk, count - first)
            findChunk(keys, from: first, count: rows, output.pointer + first)
            first += rows
        }
        return output.freeze(count: count)
    }

    private func findChunk(
        _ keys: [Vector], from first: Int, count: Int, _ output: UnsafeMutablePointer<Int32>
    ) {
        words.pointer.update(repeating: 0, count: table.wordCount * GroupTable.chunk)
        present.pointer.update(repeating: 1, count: count)
        for index in keys.indices {
            if case .constant(let box) = keys[index].storage {
                // A constant probe key is rare: it is written out.
                pack(box.vector.constantRows(count), index, from: 0, count: count)
            } else {
                pack(keys[index], index, from: first, count: count)
            }
        }
        table.slots.find(
            UnsafePointer(words.pointer), stride: GroupTable.chunk, wordCount: table.wordCount,
            count: count, groupWords: UnsafePointer(table.groupWords.pointer), output)
        for row in 0..<count { output[row] |= Int32(present.pointer[row]) &- 1 }
    }

    private func pack(_ key: Vector, _ index: Int, from first: Int, count: Int) {
        let column = table.columns[index]
        let field = column.field
        let output = words.pointer + field.word * GroupTable.chunk
        var nullAware: UnsafePointer<UInt8>?
        if let validity = key.validity {
            expandBits(validity.words.pointer + first / 64, valid.pointer, count)
            nullAware = UnsafePointer(valid.pointer)
        }
        let findsNulls = nullsMatch[index] && field.isNullable
        // With NULLs the values are packed aside, so that the filler neither fits nor misfits.
        if let valid = nullAware, findsNulls {
            packWithNulls(key, column, index, from: first, valid, output, count)
            packNulls(
                valid, field.nullShift, words.pointer + field.nullWord * GroupTable.chunk, count)
            return
        }
        if let valid = nullAware { conjoinBytes(valid, present.pointer, count) }
        packValues(key, column, index, from: first, output, present.pointer, count)
    }

    private func packWithNulls(
        _ key: Vector, _ column: KeyColumn, _ index: Int, from first: Int,
        _ valid: UnsafePointer<UInt8>, _ output: UnsafeMutablePointer<UInt64>, _ count: Int
    ) {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: count) { aside in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { fits in
                guard let aside = aside.baseAddress, let fits = fits.baseAddress else { return }
                aside.initialize(repeating: 0, count: count)
                fits.initialize(repeating: 1, count: count)
                packValues(key, column, index, from: first, aside, fits, count)
                for row in 0..<count {
                    output[row] |= aside[row] & (0 &- UInt64(valid[row]))
                    present.pointer[row] &= fits[row] | (valid[row] ^ 1)
                }
            }
        }
    }

    private func packValues(
        _ key: Vector, _ column: KeyColumn, _ index: Int, from first: Int,
        _ output: UnsafeMutablePointer<UInt64>, _ present: UnsafeMutablePointer<UInt8>,
        _ count: Int
    ) {
        let field = column.field
        let key = key.comparableArrays
        switch key.storage {
        case .boolean(let buffer):
            packKnownIntegers(buffer.pointer + first, field, output, present, count)
        case .int32(let buffer):
            packKnownIntegers(buffer.pointer + first, field, output, present, count)
        case .int64(let buffer):
            packKnownIntegers(buffer.pointer + first, field, output, present, count)
        case .float64(let buffer): packDoubles(buffer.pointer + first, nil, output, count)
        case .int128, .decimal, .interval:
            for row in 0..<count {
                codes.pointer[row] = column.decimals.find(decimalForms(key.storage, first + row).0)
            }
            packKnownCodes(UnsafePointer(codes.pointer), field, output, present, count)
        case .text(let texts):
            find(texts, column, from: first, count)
            packKnownCodes(UnsafePointer(codes.pointer), field, output, present, count)
        case .dictionary(let source, let dictionary):
            map(dictionary, index).lookup(
                source.pointer + first, count: count, in: column.texts, codes.pointer)
            packKnownCodes(UnsafePointer(codes.pointer), field, output, present, count)
        case .constant: preconditionFailure("constants are written out before")
        }
    }

    private func find(_ texts: TextBuffer, _ column: KeyColumn, from first: Int, _ count: Int) {
        let references = texts.references.pointer + first
        for row in 0..<count {
            let bytes = texts.heap.pointer + Int(references[row].offset)
            codes.pointer[row] = column.texts.find(
                bytes, references[row].byteCount,
                hashBytes(bytes, Int(references[row].byteCount)))
        }
    }

    private func map(_ dictionary: VectorDictionary, _ index: Int) -> CodeMap {
        let identity = ObjectIdentifier(dictionary)
        if let map = maps[index][identity] { return map }
        if maps[index].count >= Self.mapLimit { maps[index].removeAll() }
        let map = CodeMap(dictionary)
        maps[index][identity] = map
        return map
    }
}

extension Vector {
    /// The only row of a flat vector, written out `count` times.
    fileprivate func constantRows(_ count: Int) -> Vector {
        taking(rows: Buffer(repeating: 0, count: count))
    }
}
