import DemetraFunctions

/// The digest of a certificate that log-ins are bound to: `tls-server-end-point`.
///
/// It is made with the digest that the certificate was signed with, or SHA-256 where that is MD5 or SHA-1.
///
///     Certificate ::= SEQUENCE { content SEQUENCE, algorithm SEQUENCE { OBJECT IDENTIFIER, ... }, signature }
///
/// - Source: RFC 5929, section 4; RFC 5280, section 4.1.
package enum CertificateDigest {
    private enum Algorithm {
        case sha224, sha256, sha384, sha512
    }

    /// Signature algorithms by the bytes of their identifiers.
    private static let algorithms: [[UInt8]: Algorithm] = {
        // 1.2.840.113549.1.1 (RSA) and 1.2.840.10045.4 (ECDSA)
        let rsa: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01]
        let ecdsa: [UInt8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04]
        return [
            rsa + [4]: .sha256, rsa + [5]: .sha256, rsa + [14]: .sha224, rsa + [11]: .sha256,
            rsa + [12]: .sha384, rsa + [13]: .sha512, ecdsa + [1]: .sha256,
            ecdsa + [3, 1]: .sha224, ecdsa + [3, 2]: .sha256, ecdsa + [3, 3]: .sha384,
            ecdsa + [3, 4]: .sha512,
        ]
    }()

    /// The digest of a certificate in DER; nil when its signature names no digest that is known.
    package static func endPoint(_ certificate: [UInt8]) -> [UInt8]? {
        guard let whole = element(certificate, at: 0), whole.tag == 0x30,
            let content = element(certificate, at: whole.start), content.tag == 0x30,
            let signed = element(certificate, at: content.end), signed.tag == 0x30,
            let identifier = element(certificate, at: signed.start), identifier.tag == 0x06
        else { return nil }
        switch algorithms[Array(certificate[identifier.start..<identifier.end])] {
        case .sha224: return SHA2.sha256(certificate, isShort: true)
        case .sha256: return SHA2.sha256(certificate)
        case .sha384: return SHA2.sha512(certificate, isShort: true)
        case .sha512: return SHA2.sha512(certificate)
        case nil: return nil
        }
    }

    /// The tag at an offset, and where its content is.
    private static func element(
        _ bytes: [UInt8], at offset: Int
    ) -> (tag: UInt8, start: Int, end: Int)? {
        guard offset + 2 <= bytes.count else { return nil }
        var start = offset + 2
        var length = Int(bytes[offset + 1])
        if length >= 0x80 {
            let count = length & 0x7f
            guard (1...4).contains(count), start + count <= bytes.count else { return nil }
            length = bytes[start..<(start + count)].reduce(0) { $0 << 8 | Int($1) }
            start += count
        }
        guard length <= bytes.count - start else { return nil }
        return (bytes[offset], start, start + length)
    }
}
