import CShims

/// CRC-32C (Castagnoli), as iSCSI uses it.
///
/// - Source: RFC 3720, section 12.1.
///
/// Safe because pointer and count are those of one array, which lives through the call.
enum Checksum {
    /// The checksum of bytes.
    static func crc32c(_ bytes: [UInt8]) -> UInt32 { crc32c(bytes[...]) }

    /// The checksum of a part of an array.
    static func crc32c(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.withUnsafeBufferPointer { buffer in
            demetra_crc32c(buffer.baseAddress, buffer.count)
        }
    }

    /// Eight digits, as errors show it.
    static func text(_ checksum: UInt32) -> String {
        let digits = String(checksum, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
