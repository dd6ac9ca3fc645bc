/// Random bytes that nobody can foresee: salts and secrets. The core is given them, as it is given the time.
package protocol Entropy: Sendable {
    /// So many bytes.
    func bytes(_ count: Int) -> [UInt8]
}
