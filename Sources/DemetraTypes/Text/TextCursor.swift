/// Writes the text of one value, byte by byte, to memory that is large enough for any.
///
/// Safe because callers hand in `capacity` bytes, and no value's text is longer: the longest is an
/// interval with all parts, below 80 bytes. Numerics have a capacity of their own.
@usableFromInline
package struct TextCursor {
    /// Bytes that hold the text of any date, time or interval, and of any number of 128 bits.
    package static let capacity = 96

    /// Bytes that hold the text of a numeric: the digits, or its places behind the point, and sign, zero and point.
    package static func capacity(of decimal: Decimal) -> Int {
        max(capacity, Int(decimal.scale) + Decimal.maximumPrecision + 4)
    }

    /// Where the next byte goes.
    @usableFromInline package internal(set) var next: UnsafeMutablePointer<UInt8>
    @usableFromInline let start: UnsafeMutablePointer<UInt8>

    /// Writes from `start` on, where `capacity` bytes are free.
    @inlinable
    package init(_ start: UnsafeMutablePointer<UInt8>) { (self.start, next) = (start, start) }

    /// Bytes written so far.
    @inlinable package var count: Int { next - start }

    /// Runs `body` over fresh memory and makes a string of what it wrote.
    static func string(
        capacity: Int = TextCursor.capacity, _ body: (inout TextCursor) -> Void
    ) -> String {
        String(unsafeUninitializedCapacity: capacity) { buffer in
            guard let start = buffer.baseAddress else { return 0 }
            var cursor = TextCursor(start)
            body(&cursor)
            return cursor.count
        }
    }

    /// Runs `body` over fresh memory and appends what it wrote.
    package static func append(
        to bytes: inout [UInt8], _ body: (inout TextCursor) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { buffer in
            guard let start = buffer.baseAddress else { return }
            var cursor = TextCursor(start)
            body(&cursor)
            bytes.append(contentsOf: UnsafeBufferPointer(start: start, count: cursor.count))
        }
    }

    /// Writes one ASCII character.
    @inlinable @inline(__always)
    package mutating func write(character: Unicode.Scalar) {
        write(byte: UInt8(truncatingIfNeeded: character.value))
    }

    /// Writes an integer, most significant byte first.
    @inlinable @inline(__always)
    package mutating func write<Number: FixedWidthInteger & BitwiseCopyable>(integer: Number) {
        UnsafeMutableRawPointer(next).storeBytes(of: integer.bigEndian, as: Number.self)
        next += MemoryLayout<Number>.size
    }

    /// Writes one byte.
    @inlinable @inline(__always)
    package mutating func write(byte: UInt8) {
        next.pointee = byte
        next += 1
    }

    /// Passes bytes that were written at the cursor.
    @inlinable @inline(__always)
    package mutating func skip(_ count: Int) { next += count }

    /// Writes bytes that lie elsewhere.
    @inlinable @inline(__always)
    package mutating func write(bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress else { return }
        next.update(from: start, count: bytes.count)
        next += bytes.count
    }

    /// Writes ASCII text of a few characters.
    mutating func write(_ text: StaticString) {
        next.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        next += text.utf8CodeUnitCount
    }

    /// Writes the digits of a number, with zeros in front up to `width`.
    mutating func write(_ value: UInt64, width: Int = 1) {
        var count = 1
        var limit: UInt64 = 10
        while count < 20, value >= limit {
            count += 1
            // 10^20 does not fit; 19 digits are the last comparison.
            limit = count < 20 ? limit &* 10 : limit
            if count == 20 { break }
        }
        count = max(count, width)
        var rest = value
        var position = next + count
        while position > next {
            position -= 1
            position.pointee = UInt8(truncatingIfNeeded: 0x30 &+ rest % 10)
            rest /= 10
        }
        next += count
    }

    /// Writes an integer.
    package mutating func write(_ value: Int64) {
        if value < 0 { write(character: "-") }
        write(value.magnitude)
    }

    /// Writes the number `unscaled * 10^-scale`, with `scale` digits behind the point, 0...18.
    package mutating func write(_ unscaled: Int64, scale: Int) {
        if unscaled < 0 { write(character: "-") }
        guard scale > 0 else { return write(unscaled.magnitude) }
        let power = UInt64(truncatingIfNeeded: WideInteger.powerOfTen(scale))
        let (whole, fraction) = unscaled.magnitude.quotientAndRemainder(dividingBy: power)
        write(whole)
        write(character: ".")
        write(fraction, width: scale)
    }

    /// Writes a number below 100 as two digits.
    @inline(__always)
    mutating func writeTwo(_ value: Int) {
        next[0] = UInt8(truncatingIfNeeded: 0x30 &+ value / 10)
        next[1] = UInt8(truncatingIfNeeded: 0x30 &+ value % 10)
        next += 2
    }

    /// Writes `.` and the digits of a fraction of a second, unless it is zero.
    mutating func writeFraction(microseconds: Int) {
        guard microseconds > 0 else { return }
        write(character: ".")
        var (value, width) = (microseconds, 6)
        while value % 10 == 0 {
            value /= 10
            width -= 1
        }
        write(UInt64(value), width: width)
    }

    /// Writes a numeric with as many digits behind the point as its scale says.
    package mutating func write(_ decimal: Decimal) {
        if decimal.isNaN { return write("NaN") }
        if decimal.unscaled.isNegative { write(character: "-") }
        let scale = Int(decimal.scale)
        let digits = decimal.unscaled.magnitude
        guard digits.high == 0, scale <= 38 else { return write(wide: digits, scale: scale) }
        let magnitude = digits.low
        let power = UInt128(WideInteger.powerOfTen(scale))
        let (whole, fraction) =
            magnitude <= UInt128(UInt64.max) && scale <= 19
            ? narrowDivision(
                UInt64(truncatingIfNeeded: magnitude), UInt64(truncatingIfNeeded: power))
            : magnitude.quotientAndRemainder(dividingBy: power)
        write(wide: whole, width: 1)
        guard scale > 0 else { return }
        write(character: ".")
        write(wide: fraction, width: scale)
    }

    /// Writes a number of more than 128 bits, or of more than 38 digits behind the point.
    private mutating func write(wide digits: UInt256, scale: Int) {
        let places = min(scale, UInt256.mostDigits)
        let (whole, fraction) = digits.quotientAndRemainder(dividingBy: .powerOfTen(places))
        write(wide: whole, width: 1)
        guard scale > 0 else { return }
        write(character: ".")
        // All digits are in the last places.
        for _ in places..<scale { write(character: "0") }
        write(wide: fraction, width: places)
    }

    private mutating func write(wide value: UInt256, width: Int) {
        let block = 38
        guard value.high != 0 || width > block else {
            return write(wide: value.low, width: width)
        }
        let (upper, lower) = value.quotientAndRemainder(dividingBy: .powerOfTen(block))
        write(wide: upper, width: max(width - block, 1))
        write(wide: lower.low, width: block)
    }

    private func narrowDivision(_ value: UInt64, _ power: UInt64) -> (UInt128, UInt128) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: power)
        return (UInt128(quotient), UInt128(remainder))
    }

    private mutating func write(wide value: UInt128, width: Int) {
        let block: UInt128 = 1_000_000_000_000_000_000
        guard value >= block || width > 18 else {
            return write(UInt64(truncatingIfNeeded: value), width: width)
        }
        let (upper, lower) = value.quotientAndRemainder(dividingBy: block)
        write(wide: upper, width: max(width - 18, 1))
        write(UInt64(truncatingIfNeeded: lower), width: 18)
    }
}
