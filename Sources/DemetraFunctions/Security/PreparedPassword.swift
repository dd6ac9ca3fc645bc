@_spi(_Unicode) import Swift

/// A password in the one form that all ways to type it have: SASLprep.
///
/// Blanks of other scripts become a space, what cannot be seen goes, and characters are composed. Compatibility forms
/// (full width letters, ligatures) are kept as they are: the standard library composes canonically only. What SASLprep
/// forbids, control characters among them, is taken byte by byte, as in PostgreSQL.
///
/// - Source: RFC 4013.
package enum PreparedPassword {
    /// The bytes that are digested.
    package static func bytes(_ password: String) -> [UInt8] {
        let scalars = password.unicodeScalars
        guard scalars.contains(where: { !$0.isASCII }) else { return Array(password.utf8) }
        guard !scalars.contains(where: { $0.properties.generalCategory == .control }) else {
            return Array(password.utf8)
        }
        var mapped = String.UnicodeScalarView()
        for scalar in scalars where !isInvisible(scalar) {
            mapped.append(isBlank(scalar) ? " " : scalar)
        }
        guard !mapped.isEmpty else { return Array(password.utf8) }
        return Array(String(String.UnicodeScalarView(String(mapped)._nfc)).utf8)
    }

    /// RFC 3454, table C.1.2.
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .spaceSeparator || scalar == "\u{200B}"
    }

    /// RFC 3454, table B.1.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00ad, 0x034f, 0x1806, 0x180b...0x180d, 0x200c, 0x200d, 0x2060, 0xfe00...0xfe0f,
            0xfeff:
            true
        default: false
        }
    }
}
