import CShims

/// CRC-32C (Castagnoli), as iSCSI uses it.
///
/// - Source: RFC 3720, section 12.1.
enum Checksum {
    /// The checksum of bytes.
    static func crc32c(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBufferPointer { buffer in
            demetra_crc32c(buffer.baseAddress, buffer.count)
        }
    }
}
