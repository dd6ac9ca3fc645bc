// Validity between its two forms: 64 rows a word, and a byte a row, which loops can compute with.

/// Spreads the eight bits of a byte over eight bytes, lowest bit first.
private let bitOfEachByte: UInt64 = 0x8040_2010_0804_0201
private let lowBitOfEachByte: UInt64 = 0x0101_0101_0101_0101
/// Byte i times this leaves its bit at 56 + i: the eight bits meet in the top byte.
private let gatherBits: UInt64 = 0x0102_0408_1020_4080

@inline(__always)
func isSet(_ words: UnsafePointer<UInt64>, _ row: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: (words[row &>> 6] &>> UInt64(truncatingIfNeeded: row & 63)) & 1)
}

@inline(__always)
func byte(_ condition: Bool) -> UInt8 { unsafeBitCast(condition, to: UInt8.self) }

@inline(__always)
func one(_ condition: Bool) -> Int {
    Int(truncatingIfNeeded: unsafeBitCast(condition, to: UInt8.self))
}

/// Writes 1 for each valid row, else 0; `output` has room for `count` rounded up to 8.
///
/// Safe because the bitmap has a bit for each of `count` rows and output is written in whole
/// words only as far as the caller's rounded capacity.
func expandBits(
    _ words: UnsafePointer<UInt64>, _ output: UnsafeMutablePointer<UInt8>, _ count: Int
) {
    let raw = UnsafeMutableRawPointer(output)
    var row = 0
    while row < count {
        let bits = (words[row &>> 6] &>> UInt64(truncatingIfNeeded: row & 63)) & 0xff
        let spread = (bits &* lowBitOfEachByte) & bitOfEachByte
        let bytes = ((spread &+ 0x7f7f_7f7f_7f7f_7f7f) &>> 7) & lowBitOfEachByte
        raw.storeBytes(of: bytes.littleEndian, toByteOffset: row, as: UInt64.self)
        row &+= 8
    }
}

extension ValidityMask {
    /// A byte for each row, 1 where valid.
    func expanded() -> Buffer<UInt8> {
        let builder = BufferBuilder<UInt8>(capacity: count + 8)
        expandBits(words.pointer, builder.pointer, count)
        return builder.freeze(count: count)
    }

    /// A mask from a byte for each row, 0 or 1; nil when every row is valid.
    static func packing(_ bytes: UnsafePointer<UInt8>, count: Int) -> ValidityMask? {
        let wordCount = (count + 63) / 64
        let builder = BufferBuilder<UInt64>(capacity: wordCount)
        packBits(bytes, builder.pointer, count)
        let mask = ValidityMask(words: builder.freeze(count: wordCount), count: count)
        return mask.nullCount == 0 ? nil : mask
    }

    /// Row `rows[i]` as row i; a negative row is NULL. Nil when every row is valid.
    func gathered(_ rows: Buffer<Int32>) -> ValidityMask? {
        let bytes = BufferBuilder<UInt8>(capacity: rows.count)
        gatherValidity(words.pointer, rows.pointer, bytes.pointer, rows.count)
        return .packing(bytes.pointer, count: rows.count)
    }

    /// Rows `first ..< first + count`; nil when all are valid.
    func slice(from first: Int, count: Int) -> ValidityMask? {
        let wordCount = (count + 63) / 64
        // Whole words, the usual case of a batch, are shared.
        if first % 64 == 0, count % 64 == 0 || first + count == self.count {
            let mask = ValidityMask(
                words: words.part(from: first / 64, count: wordCount), count: count)
            return mask.nullCount == 0 ? nil : mask
        }
        let builder = BufferBuilder<UInt64>(capacity: wordCount)
        shiftBits(words.pointer, first, self.count, builder.pointer, wordCount)
        if count % 64 != 0 {
            builder.pointer[wordCount - 1] |= ~UInt64(0) << UInt64(count % 64)
        }
        let mask = ValidityMask(words: builder.freeze(count: wordCount), count: count)
        return mask.nullCount == 0 ? nil : mask
    }
}

private func gatherValidity(
    _ words: UnsafePointer<UInt64>, _ rows: UnsafePointer<Int32>,
    _ output: UnsafeMutablePointer<UInt8>, _ count: Int
) {
    for index in 0..<count {
        let row = rows[index]
        // A negative row looks at bit 0 and is cleared by its own sign.
        let bit = isSet(words, Int(truncatingIfNeeded: max(row, 0)))
        output[index] = bit & UInt8(truncatingIfNeeded: ~row &>> 31)
    }
}

/// Packs bytes of 0 or 1 into bits; bits behind `count` are set.
func packBits(
    _ bytes: UnsafePointer<UInt8>, _ output: UnsafeMutablePointer<UInt64>, _ count: Int
) {
    let raw = UnsafeRawPointer(bytes)
    let full = count / 64
    for word in 0..<full {
        var bits: UInt64 = 0
        for octet in 0..<8 {
            let eight = UInt64(
                littleEndian: raw.loadUnaligned(
                    fromByteOffset: (word &* 64) &+ (octet &* 8), as: UInt64.self))
            bits |= ((eight &* gatherBits) &>> 56) &<< UInt64(truncatingIfNeeded: octet &* 8)
        }
        output[word] = bits
    }
    if count % 64 != 0 {
        var bits = ~UInt64(0)
        for row in (full * 64)..<count where bytes[row] == 0 {
            bits &= ~(1 << UInt64(row - full * 64))
        }
        output[full] = bits
    }
}

/// The bits from `first` on, moved down to bit 0; words behind the last source word are not read.
private func shiftBits(
    _ words: UnsafePointer<UInt64>, _ first: Int, _ sourceCount: Int,
    _ output: UnsafeMutablePointer<UInt64>, _ wordCount: Int
) {
    let start = first / 64
    let shift = UInt64(first % 64)
    let sourceWords = (sourceCount + 63) / 64
    for word in 0..<wordCount {
        var bits = words[start + word] >> shift
        if shift > 0, start + word + 1 < sourceWords {
            bits |= words[start + word + 1] << (64 - shift)
        }
        output[word] = bits
    }
}
