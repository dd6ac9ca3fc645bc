import DemetraTypes

/// The manifest on disk: a file that is never changed, and `CURRENT`, which names the one that counts.
///
/// Both are written whole under a name that means nothing, synced, and then renamed; the directory is
/// synced after each rename. So after a crash `CURRENT` names the old manifest or the new one, and the one
/// it names is complete.
struct ManifestFile {
    static let prefix = "MANIFEST-"

    let directory: DatabaseDirectory

    /// The number in a manifest's name.
    static func number(_ name: String) -> Int64? {
        name.hasPrefix(prefix) ? Int64(name.dropFirst(prefix.count)) : nil
    }

    static func name(_ number: Int64) -> String { prefix + DatabaseDirectory.padded(number) }

    private var currentPath: String { directory.path + "/CURRENT" }

    /// The manifest that counts; nil when there is none yet.
    func read() throws(DemetraError) -> (manifest: Manifest, number: Int64)? {
        let fileSystem = directory.fileSystem
        guard fileSystem.exists(currentPath) else { return nil }
        let bytes = try fileSystem.open(currentPath, creating: false).content(currentPath)
        let name = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        guard bytes.last == UInt8(ascii: "\n"), let number = Self.number(name) else {
            throw DemetraError(
                .dataCorrupted, "\"\(currentPath)\" does not name a manifest",
                hint: "Restore the database from a backup.")
        }
        let path = directory.path + "/" + name
        guard fileSystem.exists(path) else {
            throw DemetraError(
                .dataCorrupted, "manifest \"\(path)\" is missing",
                detail: "The file CURRENT names it.", hint: "Restore the database from a backup.")
        }
        let file = try fileSystem.open(path, creating: false)
        let content = try file.content(path)
        return (try Manifest.decode(content, name: path), number)
    }

    /// How far a swap got when it failed.
    enum Failure: Error {
        /// The old manifest counts.
        case before(DemetraError)
        /// Nobody knows which one counts after a crash.
        case during(DemetraError)
    }

    /// Makes a manifest the one that counts.
    func write(_ manifest: Manifest, number: Int64) throws(Failure) {
        let path = directory.path + "/" + Self.name(number)
        do throws(DemetraError) {
            try replace(path, with: manifest.encoded())
        } catch {
            throw .before(error)
        }
        let temporary = directory.path + "/tmp/CURRENT"
        do throws(DemetraError) {
            try writeFile(temporary, Array((Self.name(number) + "\n").utf8))
        } catch {
            throw .before(error)
        }
        do throws(DemetraError) {
            try directory.fileSystem.rename(temporary, to: currentPath)
            try directory.fileSystem.syncDirectory(directory.path)
        } catch {
            throw .during(error)
        }
    }

    private func replace(_ path: String, with bytes: [UInt8]) throws(DemetraError) {
        let temporary = directory.path + "/tmp/MANIFEST"
        try writeFile(temporary, bytes)
        try directory.fileSystem.rename(temporary, to: path)
        try directory.fileSystem.syncDirectory(directory.path)
    }

    private func writeFile(_ path: String, _ bytes: [UInt8]) throws(DemetraError) {
        if directory.fileSystem.exists(path) { try directory.fileSystem.remove(path) }
        let file = try directory.fileSystem.open(path, creating: true)
        try file.append(bytes)
        try file.sync()
    }
}
