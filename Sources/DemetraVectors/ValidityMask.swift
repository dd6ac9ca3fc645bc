/// Which rows of a vector hold a value: bit i of word i / 64 is set where row i is not NULL.
///
/// Bits behind the last row are set. A vector without NULLs has no mask at all.
///
/// Safe because the bitmap has a word for each 64 of its `count` rows, which is checked at the
/// door.
@usableFromInline
package struct ValidityMask: Sendable {
    /// The bitmap, 64 rows a word.
    @usableFromInline package let words: Buffer<UInt64>
    /// The number of rows.
    package let count: Int
    /// Rows that are NULL.
    package let nullCount: Int

    /// Wraps a bitmap and counts its NULLs; bits behind `count` are taken as set.
    package init(words: Buffer<UInt64>, count: Int) {
        precondition(words.count >= (count + 63) / 64, "bitmap too short")
        self.words = words
        self.count = count
        var nulls = 0
        let pointer = words.pointer
        let full = count / 64
        for index in 0..<full { nulls &+= (~pointer[index]).nonzeroBitCount }
        let rest = count % 64
        if rest > 0 { nulls &+= (~pointer[full] & ((1 << UInt64(rest)) - 1)).nonzeroBitCount }
        nullCount = nulls
    }

    /// A mask from a byte per row, 1 where valid; nil when every row is.
    package init?(validBytes: UnsafePointer<UInt8>, count: Int) {
        var builder = BufferBuilder<UInt64>(capacity: (count + 63) / 64)
        let words = builder.pointer
        var nulls = 0
        var index = 0
        var word = 0
        while index < count {
            let end = min(index + 64, count)
            var bits = ~UInt64(0)
            for row in index..<end where validBytes[row] == 0 {
                bits &= ~(1 << UInt64(row - index))
                nulls += 1
            }
            words[word] = bits
            word += 1
            index = end
        }
        builder.setCount(word)
        guard nulls > 0 else { return nil }
        self.words = builder.freeze()
        self.count = count
        self.nullCount = nulls
    }

    /// A mask from booleans, true where valid; nil when every row is.
    package init?(_ valid: [Bool]) {
        let bytes = Buffer(valid.map { $0 ? UInt8(1) : 0 })
        self.init(validBytes: bytes.pointer, count: valid.count)
    }

    /// A mask of `count` NULLs.
    package static func allNull(count: Int) -> ValidityMask {
        ValidityMask(words: Buffer(repeating: 0, count: (count + 63) / 64), count: count)
    }

    /// True where row `index` holds a value.
    @inlinable
    package func isValid(_ index: Int) -> Bool {
        words[index >> 6] & (1 &<< UInt64(truncatingIfNeeded: index & 63)) != 0
    }

    /// Rows valid in both; nil stands for all valid.
    package static func and(_ left: ValidityMask?, _ right: ValidityMask?) -> ValidityMask? {
        guard let left else { return right }
        guard let right else { return left }
        precondition(left.count == right.count, "masks of different length")
        let wordCount = (left.count + 63) / 64
        let builder = BufferBuilder<UInt64>(capacity: wordCount)
        let output = builder.pointer
        let (a, b) = (left.words.pointer, right.words.pointer)
        for index in 0..<wordCount { output[index] = a[index] & b[index] }
        return ValidityMask(words: builder.freeze(count: wordCount), count: left.count)
    }
}
