import DemetraTypes
import DemetraVectors

/// Which rows of a chunk are not NULL.
///
///     0 bitmap    8 bytes for 64 rows: bit i of word i / 64 is set where row i is valid
///     1 runs      UInt32 runs, their lengths as integers: valid rows, then NULL ones, and so on
///     2 linked    UInt16 column, UInt32 distinct values of it, UInt8 each: 1 where rows with it are valid
///
/// Safe because words are there for each row, and loops stay below the count.
enum ValidityEncoding {
    private enum Form: UInt8 {
        case bitmap = 0
        case runs = 1
        case linked = 2
    }

    /// Runs take about so many bits each.
    private static let bitsPerRun = 8
    /// A link must save so many bits of runs for each of its values.
    private static let bitsPerLinkedValue = 4

    // MARK: Writing

    /// Gives the rows that are valid.
    static func encode(
        _ validity: ValidityMask, _ count: Int, _ link: ColumnLink?, into writer: inout ByteWriter
    ) -> Buffer<Int32> {
        let rows = BufferBuilder<Int32>(capacity: count)
        var (found, changes) = (0, 0)
        var wasValid = true
        for row in 0..<count {
            let isValid = validity.isValid(row)
            rows.pointer[found] = Int32(truncatingIfNeeded: row)
            found &+= isValid ? 1 : 0
            changes &+= isValid == wasValid ? 0 : 1
            wasValid = isValid
        }
        let cost = min(count, (changes + 1) * bitsPerRun)
        if let link, link.distinctCount * bitsPerLinkedValue < cost,
            let valid = link.validity(validity, count)
        {
            writer.write(Form.linked.rawValue)
            writer.write(UInt16(link.column))
            writer.write(UInt32(valid.count))
            writer.write(raw: valid)
        } else if cost < count {
            writer.write(Form.runs.rawValue)
            let lengths = runs(validity, count)
            writer.write(UInt32(lengths.count))
            IntegerEncoding.encode(lengths, depth: 1, into: &writer)
        } else {
            writer.write(Form.bitmap.rawValue)
            writer.write(
                raw: UnsafeRawBufferPointer(
                    UnsafeBufferPointer(start: validity.words.pointer, count: (count + 63) / 64)))
        }
        return rows.freeze(count: found)
    }

    private static func runs(_ validity: ValidityMask, _ count: Int) -> [Int64] {
        var lengths: [Int64] = []
        var (start, isValid) = (0, true)
        for row in 0..<count where validity.isValid(row) != isValid {
            lengths.append(Int64(row - start))
            (start, isValid) = (row, !isValid)
        }
        lengths.append(Int64(count - start))
        return lengths
    }

    // MARK: Reading

    static func decode(
        _ reader: inout ByteReader, _ count: Int, _ codes: SourceCodes?
    ) throws(DemetraError) -> ValidityMask {
        switch Form(rawValue: try reader.integer(UInt8.self)) {
        case .bitmap:
            let words = try reader.elements((count + 63) / 64, of: UInt64.self)
            return ValidityMask(words: words, count: count)
        case .runs: return try readRuns(&reader, count)
        case .linked:
            let column = Int(try reader.integer(UInt16.self))
            let distinct = Int(try reader.integer(UInt32.self))
            let valid = try reader.elements(distinct, of: UInt8.self)
            let rows = try LinkedColumn.codes(&reader, column, count, distinct, codes)
            return mask(valid, rows, count)
        case nil: throw reader.damaged("an unknown form of validity")
        }
    }

    /// Row i is valid where `valid` says so of its code; each code is below the count of `valid`.
    private static func mask(
        _ valid: Buffer<UInt8>, _ codes: Buffer<Int32>, _ count: Int
    ) -> ValidityMask {
        let wordCount = (count + 63) / 64
        let words = BufferBuilder<UInt64>(capacity: wordCount)
        for word in 0..<wordCount {
            let first = word &* 64
            var bits: UInt64 = 0
            for row in first..<min(first &+ 64, count) {
                let bit = UInt64(valid.pointer[Int(codes.pointer[row])] & 1)
                bits |= bit &<< UInt64(truncatingIfNeeded: row &- first)
            }
            words.pointer[word] = bits
        }
        return ValidityMask(words: words.freeze(count: wordCount), count: count)
    }

    private static func readRuns(
        _ reader: inout ByteReader, _ count: Int
    ) throws(DemetraError) -> ValidityMask {
        let runCount = Int(try reader.integer(UInt32.self))
        guard runCount <= count + 1 else { throw reader.damaged("more runs than rows") }
        let lengths = try IntegerEncoding.decode(&reader, runCount, depth: 1, as: Int32.self)
        let words = BufferBuilder<UInt64>(capacity: (count + 63) / 64)
        words.pointer.update(repeating: ~0, count: (count + 63) / 64)
        var row = 0
        for run in 0..<runCount {
            let length = Int(lengths.pointer[run])
            guard length >= 0, length <= count - row else {
                throw reader.damaged("runs beyond the rows")
            }
            if run % 2 == 1 { clear(words.pointer, row, row + length) }
            row += length
        }
        guard row == count else { throw reader.damaged("rows without a run") }
        return ValidityMask(words: words.freeze(count: (count + 63) / 64), count: count)
    }

    /// Clears bits `start ..< end`.
    private static func clear(_ words: UnsafeMutablePointer<UInt64>, _ start: Int, _ end: Int) {
        var row = start
        while row < end {
            let (word, bit) = (row / 64, row % 64)
            let bits = min(64 - bit, end - row)
            words[word] &= ~((~UInt64(0) >> UInt64(64 - bits)) << UInt64(bit))
            row += bits
        }
    }
}
