import Demetra
import DemetraFunctions
import NIOSSL
import Synchronization

/// The certificate and key with which a server speaks TLS. They can be read again while it runs: connections that come
/// from then on get the new ones.
final class ServerCertificate: Sendable {
    /// What one connection needs.
    struct Identity: Sendable {
        let context: NIOSSLContext
        /// What `tls-server-end-point` binds to; nil for certificates that have no such digest.
        let endPoint: [UInt8]?
    }

    private let certificatePath: String
    private let keyPath: String
    private let current: Mutex<Identity>

    /// Reads the files, which are PEM: the certificate with those that lead to its authority behind it.
    ///
    /// - Throws: 58030 and XX000 naming the file that does not fit.
    init(certificatePath: String, keyPath: String) throws(DemetraError) {
        self.certificatePath = certificatePath
        self.keyPath = keyPath
        current = Mutex(try Self.read(certificatePath, keyPath))
    }

    /// The identity for a new connection.
    var identity: Identity { current.withLock { $0 } }

    /// Reads the files again; when they make no sense, the old ones stay.
    ///
    /// - Throws: 58030 naming the file that does not fit.
    func reload() throws(DemetraError) {
        let fresh = try Self.read(certificatePath, keyPath)
        current.withLock { $0 = fresh }
    }

    private static func read(
        _ certificatePath: String, _ keyPath: String
    ) throws(DemetraError) -> Identity {
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMFile(certificatePath)
        } catch {
            throw unreadable("certificate", certificatePath, error)
        }
        guard let first = certificates.first else {
            throw unreadable("certificate", certificatePath, nil)
        }
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: keyPath, format: .pem)
        } catch {
            throw unreadable("key", keyPath, error)
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.renegotiationSupport = .none
        do {
            return Identity(
                context: try NIOSSLContext(configuration: configuration),
                endPoint: (try? first.toDERBytes()).flatMap { CertificateDigest.endPoint($0) })
        } catch {
            throw DemetraError(
                .ioError,
                "certificate \"\(certificatePath)\" and key \"\(keyPath)\" do not fit: \(error)",
                hint: "Give the key that belongs to the certificate.")
        }
    }

    private static func unreadable(
        _ kind: String, _ path: String, _ error: (any Error)?
    ) -> DemetraError {
        DemetraError(
            .ioError, "the \(kind) in \"\(path)\" cannot be read",
            detail: error.map { "\($0)" },
            hint: "It must be a PEM file that the server may read.")
    }
}
