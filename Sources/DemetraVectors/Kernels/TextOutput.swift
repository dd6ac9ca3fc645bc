package import DemetraTypes

/// Appends the text of one row, which must not be NULL: what the protocol and CSV files show.
///
/// Integers and text are written byte by byte; the other types go through `ValueText`.
package func appendText(
    _ vector: Vector, row: Int, zone: TimeZoneRules?, to bytes: inout [UInt8]
) {
    switch vector.storage {
    case .constant(let one): appendText(one.vector, row: 0, zone: zone, to: &bytes)
    case .text(let texts) where vector.type.isStoredAsShown:
        bytes.append(contentsOf: texts.bytes(at: row))
    case .dictionary(let codes, let dictionary) where vector.type.isStoredAsShown:
        bytes.append(contentsOf: dictionary.values.bytes(at: Int(codes[row])))
    case .int32(let buffer) where vector.type.isInteger:
        appendInteger(Int64(buffer[row]), to: &bytes)
    case .int64(let buffer) where vector.type == .bigint: appendInteger(buffer[row], to: &bytes)
    default:
        let value = vector.value(at: row)
        if let text = ValueText.text(value, type: vector.type, zone: zone ?? .utc) {
            bytes.append(contentsOf: text.utf8)
        }
    }
}

/// Appends the decimal digits of an integer.
package func appendInteger(_ value: Int64, to bytes: inout [UInt8]) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    let start = bytes.count
    repeat {
        bytes.append(UInt8(truncatingIfNeeded: 0x30 &+ rest % 10))
        rest /= 10
    } while rest > 0
    bytes[start...].reverse()
}
