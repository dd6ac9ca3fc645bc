// Integers as the protocol and binary files have them: most significant byte first.

extension [UInt8] {
    /// Adds an integer.
    @inlinable
    package mutating func append<Number: FixedWidthInteger>(integer: Number) {
        var rest = MemoryLayout<Number>.size * 8
        while rest > 0 {
            rest -= 8
            append(UInt8(truncatingIfNeeded: integer >> Number(rest)))
        }
    }

    /// Writes the number of bytes behind `place`, which are those from `start` on, as the four bytes at `place`.
    @inlinable
    package mutating func setLength(at place: Int, from start: Int) {
        let length = Int32(truncatingIfNeeded: count - start)
        for index in 0..<4 {
            self[place + index] = UInt8(truncatingIfNeeded: length >> Int32(24 - index * 8))
        }
    }
}
