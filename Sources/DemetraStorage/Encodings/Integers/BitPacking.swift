// Numbers of a fixed number of bits, one behind the other, the lowest bit first.
//
// Value i lies at bit i * width. Eight bytes of zero follow the last one, so that a value is read by one
// load of eight bytes at its first byte: a shift of up to 7 leaves 57 bits, the widest a value may be.

import DemetraTypes

enum BitPacking {
    /// The widest value that one load of eight bytes holds wherever it begins.
    static let widestValue = 57
    /// Zero bytes behind the last value.
    static let padding = 8

    /// Bytes that `count` values take, padding included.
    static func byteCount(_ count: Int, width: Int) -> Int { (count * width + 7) / 8 + padding }

    /// Bits that a value needs.
    static func width(of value: UInt64) -> Int { 64 - value.leadingZeroBitCount }

    /// Writes `value(i)` for every i, of which each has at most `width` bits, 1...57.
    static func pack(
        _ count: Int, width: Int, into writer: inout ByteWriter, _ value: (Int) -> UInt64
    ) {
        var words: [UInt64] = []
        words.reserveCapacity(count * width / 64 + 2)
        var (pending, used) = (UInt64(0), 0)
        for index in 0..<count {
            let bits = value(index)
            pending |= bits &<< UInt64(truncatingIfNeeded: used)
            used &+= width
            if used >= 64 {
                words.append(pending.littleEndian)
                used &-= 64
                pending = used == 0 ? 0 : bits &>> UInt64(truncatingIfNeeded: width &- used)
            }
        }
        words.append(pending.littleEndian)
        words.append(0)
        words.append(0)
        words.withUnsafeBytes { bytes in
            writer.write(
                raw: UnsafeRawBufferPointer(rebasing: bytes[..<byteCount(count, width: width)]))
        }
    }

    /// Writes `base + value * factor` of every value to `output`.
    ///
    /// Safe because `source` has `byteCount(count, width:)` bytes and `output` room for `count` elements.
    @inline(__always)
    static func unpack<Number: FixedWidthInteger>(
        _ source: UnsafeRawPointer, _ count: Int, width: Int, base: Int64, factor: Int64,
        _ output: UnsafeMutablePointer<Number>
    ) {
        let mask = (UInt64(1) &<< UInt64(truncatingIfNeeded: width)) &- 1
        var bit = 0
        if factor == 1 {
            for index in 0..<count {
                let word = UInt64(
                    littleEndian: source.loadUnaligned(
                        fromByteOffset: bit &>> 3, as: UInt64.self))
                let value = (word &>> UInt64(truncatingIfNeeded: bit & 7)) & mask
                output[index] = Number(
                    truncatingIfNeeded: base &+ Int64(truncatingIfNeeded: value))
                bit &+= width
            }
        } else {
            for index in 0..<count {
                let word = UInt64(
                    littleEndian: source.loadUnaligned(
                        fromByteOffset: bit &>> 3, as: UInt64.self))
                let value = (word &>> UInt64(truncatingIfNeeded: bit & 7)) & mask
                output[index] = Number(
                    truncatingIfNeeded: base &+ (Int64(truncatingIfNeeded: value) &* factor))
                bit &+= width
            }
        }
    }

    /// Reads what `pack` wrote; `base` alone where the width is 0 and no bits are there.
    ///
    /// Safe because the bytes are asked for before they are read.
    static func read<Number: FixedWidthInteger & BitwiseCopyable>(
        _ reader: inout ByteReader, _ count: Int, width: Int, base: Int64, factor: Int64,
        _ output: UnsafeMutablePointer<Number>
    ) throws(DemetraError) {
        guard width <= widestValue else { throw reader.damaged("an impossible width") }
        if width == 0 {
            return output.update(repeating: Number(truncatingIfNeeded: base), count: count)
        }
        _ = try reader.borrowing(byteCount(count, width: width)) { source in
            unpack(source, count, width: width, base: base, factor: factor, output)
        }
    }
}
