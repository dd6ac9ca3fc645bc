import DemetraTypes

/// The frame of COPY (FORMAT binary).
///
///     "PGCOPY\n" 0xff "\r\n" 0x00 | flags Int32 | length of an extension Int32, extension
///     rows:  count of fields Int16 | each: length Int32 (-1 for NULL), bytes
///     end:   -1 Int16
///
/// - Source: COPY in the PostgreSQL 15 documentation, "Binary Format".
enum BinaryFrame {
    static let signature: [UInt8] = [
        0x50, 0x47, 0x43, 0x4f, 0x50, 0x59, 0x0a, 0xff, 0x0d, 0x0a, 0x00,
    ]
    /// Bits of the flags that a reader must know.
    static let criticalFlags: UInt32 = 0xffff_0000
    /// Bytes that a header's extension may have; none is defined.
    static let mostExtensionBytes = 1 << 20
    /// The length of NULL.
    static let null: Int32 = -1
    /// The count of fields that says that no row follows.
    static let end: Int16 = -1

    /// The error for bytes that are no such rows.
    static func malformed(_ message: String, context: String? = nil) -> DemetraError {
        DemetraError(
            .badCopyFileFormat, message,
            hint: "COPY (FORMAT binary) reads what COPY ... TO (FORMAT binary) writes.",
            context: context)
    }
}
