package import DemetraTypes

/// How an array lies in the bytes of a text vector: so that the order of the bytes is the order of the
/// arrays, and equal arrays have equal bytes.
///
/// Storage, hashing, grouping, joining and sorting take arrays for texts and need to know nothing of them.
///
///     array     element*  [ 00  form* ]     the bracket for numeric and interval alone
///     element   01 payload      a value
///               02 payload      NULL: greater than every value; a payload of fixed size is zero bytes
///
///     boolean                     1 byte
///     smallint, integer, date     4 bytes, big-endian, the sign bit turned over
///     bigint, time, timestamps    8 bytes, likewise; numeric(p,s) as its digits, in 8 or 16
///     real, double precision      8 bytes: the bits, all turned over below zero, else the sign bit
///     numeric                     01 below zero, 02 zero, 03 above, 04 NaN; unless zero or NaN the place of
///                                 the first digit + 64, then two digits a byte + 1, then 00; all of it
///                                 turned over below zero. A place further behind the point than 63 is 00,
///                                 then 2 bytes, big-endian: the place + 64 + 32768
///     interval                    16 bytes: its length in microseconds, a month counting 30 days
///     text and its kin            the bytes, 00 as 00 ff, then 00
///
/// Numbers such as 1.0 and 1.00 are equal but look different, so what the payload does not say stands behind
/// the elements: the scale of each number (1 byte; from 127 on 7f and 2 bytes, big-endian) or the parts of each
/// interval (16 bytes), zero for NULL.
/// `Vector.comparableArrays` cuts that off; what is read without it is in the shortest form. The empty array
/// has no bytes at all.
///
/// - Source: the order-preserving tuples of FoundationDB.
///
/// Safe because every read is at an offset below the count of the bytes.
package struct ArrayLayout: Sendable {
    /// How long the payload of an element is.
    enum Payload: Sendable {
        case fixed(Int)
        case delimited
        case decimal
    }

    static let valueTag: UInt8 = 1
    static let nullTag: UInt8 = 2
    static let endTag: UInt8 = 0
    static let placeBias = 64
    static let farPlaceBias = 1 << 15
    static let farScale: UInt8 = 0x7f

    /// The type of the elements.
    package let element: LogicalType
    let payload: Payload
    /// Bytes of what the payload does not say of an element, at least.
    let formByteCount: Int

    /// Bytes of what the payload does not say of an element, which begin with the given one.
    func formByteCount(from first: UInt8) -> Int {
        if case .decimal = payload, first == Self.farScale { return 3 }
        return formByteCount
    }

    /// The layout of arrays of a type.
    package init(element: LogicalType) {
        self.element = element
        switch element.physicalType {
        case .boolean: (payload, formByteCount) = (.fixed(1), 0)
        case .int32: (payload, formByteCount) = (.fixed(4), 0)
        case .int64, .float64: (payload, formByteCount) = (.fixed(8), 0)
        case .int128: (payload, formByteCount) = (.fixed(16), 0)
        case .interval: (payload, formByteCount) = (.fixed(16), 16)
        case .decimal: (payload, formByteCount) = (.decimal, 1)
        case .text: (payload, formByteCount) = (.delimited, 0)
        }
    }

    /// Bytes of an element, tag and all, that starts at `offset` of an array's bytes.
    func elementByteCount(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> Int {
        switch payload {
        case .fixed(let count): return 1 + count
        case .delimited:
            guard bytes[offset] == Self.valueTag else { return 1 }
            var end = offset + 1
            while end < bytes.count {
                if bytes[end] != 0 {
                    end += 1
                } else if end + 1 < bytes.count, bytes[end + 1] == 0xff {
                    end += 2
                } else {
                    return end + 1 - offset
                }
            }
            return end - offset
        case .decimal:
            guard bytes[offset] == Self.valueTag, offset + 1 < bytes.count else { return 1 }
            let sign = bytes[offset + 1]
            guard sign == 1 || sign == 3 else { return 2 }
            let last: UInt8 = sign == 1 ? 0xff : 0
            var end = offset + 3
            if offset + 2 < bytes.count, bytes[offset + 2] == (sign == 1 ? 0xff : 0) { end += 2 }
            while end < bytes.count, bytes[end] != last { end += 1 }
            return end + 1 - offset
        }
    }

    /// How many of an array's bytes its elements take.
    func elementsByteCount(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        guard formByteCount > 0 else { return bytes.count }
        var offset = 0
        while offset < bytes.count, bytes[offset] != Self.endTag {
            offset += elementByteCount(bytes, at: offset)
        }
        return min(offset, bytes.count)
    }
}
