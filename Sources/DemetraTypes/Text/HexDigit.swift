/// The value of a hexadecimal digit in ASCII, or nil.
@inlinable
package func hexDigit(_ byte: UInt8) -> Int? {
    let decimal = byte &- 0x30
    if decimal < 10 { return Int(decimal) }
    let letter = (byte | 0x20) &- 0x61
    return letter < 6 ? Int(letter) + 10 : nil
}
