package import DemetraTypes
import Synchronization

/// The files of another file system, to be changed without changing them: what is written stays in memory
/// and goes with the object.
///
/// So recovery can run on a damaged database as it would run on a good one, cut and remove what it likes,
/// and the evidence stays as it was found; and so a database can be read that must not be written to.
package final class OverlayFileSystem: FileSystem {
    private struct State {
        var written: [String: any StorageFile] = [:]
        var removed: Set<String> = []
        var folders: Set<String> = []
    }

    private let base: any FileSystem
    /// Files whose names begin so are put aside on the disk, without a name, instead of in memory.
    private let temporaryPrefix: String?
    private let state = Mutex(State())

    /// Files over those of `base`.
    ///
    /// - Parameter temporaryPrefix: what the names of files begin with that may be larger than memory.
    package init(_ base: any FileSystem, temporaryPrefix: String? = nil) {
        self.base = base
        self.temporaryPrefix = temporaryPrefix
    }

    package func open(_ path: String, creating: Bool) throws(DemetraError) -> any StorageFile {
        let (known, isRemoved) = state.withLock { ($0.written[path], $0.removed.contains(path)) }
        if let known { return known }
        if !isRemoved, base.exists(path) {
            return OverlayFile(base: try base.openForReading(path)) { [weak self] file in
                self?.state.withLock { $0.written[path] = file }
            }
        }
        guard creating else {
            throw DemetraError(.undefinedFile, "file \"\(path)\" does not exist")
        }
        var file: any StorageFile = OverlayFile()
        if let temporaryPrefix, path.hasPrefix(temporaryPrefix) { file = try base.openUnnamed() }
        state.withLock { $0.written[path] = file }
        return file
    }

    package func openUnnamed() throws(DemetraError) -> any StorageFile { try base.openUnnamed() }

    package func exists(_ path: String) -> Bool {
        let known = state.withLock { state -> Bool? in
            if state.written[path] != nil || state.folders.contains(path) { return true }
            return state.removed.contains(path) ? false : nil
        }
        return known ?? base.exists(path)
    }

    package func createDirectory(_ path: String) {
        state.withLock { _ = $0.folders.insert(path) }
    }

    package func list(_ path: String) throws(DemetraError) -> [String] {
        let below = base.exists(path) ? try base.list(path) : []
        return state.withLock { state in
            let kept = below.filter { !state.removed.contains(path + "/" + $0) }
            let added = (Array(state.written.keys) + Array(state.folders))
                .filter { $0.hasPrefix(path + "/") }
                .map { String($0.dropFirst(path.count + 1).prefix { $0 != "/" }) }
            return Set(kept + added).sorted()
        }
    }

    package func rename(_ path: String, to target: String) throws(DemetraError) {
        let file = try open(path, creating: false)
        let copy = OverlayFile()
        try copy.append(try file.content(path))
        state.withLock { state in
            state.written[path] = nil
            state.removed.insert(path)
            state.removed.remove(target)
            state.written[target] = copy
        }
    }

    package func remove(_ path: String) {
        state.withLock { state in
            state.written[path] = nil
            state.removed.insert(path)
        }
    }

    package func removeDirectory(_ path: String) throws(DemetraError) {
        for name in try list(path) { remove(path + "/" + name) }
    }

    package func syncDirectory(_ path: String) {}

    /// Nobody else knows of the overlay.
    package func lock(_ path: String) -> any FileLock { NoLock() }

    /// Those who read the files below keep others from writing them.
    package func lockForReading(_ path: String) throws(DemetraError) -> (any FileLock)? {
        try base.lockForReading(path)
    }

    private final class NoLock: FileLock {}
}

/// A file that is read from below until it is first written.
private final class OverlayFile: StorageFile {
    private let base: (any StorageFile)?
    private let bytes: Mutex<[UInt8]?>
    private let keep: @Sendable (OverlayFile) -> Void

    init() {
        base = nil
        bytes = Mutex([])
        keep = { _ in }
    }

    init(base: any StorageFile, keep: @escaping @Sendable (OverlayFile) -> Void) {
        self.base = base
        bytes = Mutex(nil)
        self.keep = keep
    }

    func byteCount() throws(DemetraError) -> Int {
        if let own = bytes.withLock({ $0?.count }) { return own }
        return try base?.byteCount() ?? 0
    }

    func read(at offset: Int, count: Int) throws(DemetraError) -> [UInt8] {
        if let own = bytes.withLock({ $0 }) {
            return offset < own.count ? Array(own[offset..<min(own.count, offset + count)]) : []
        }
        return try base?.read(at: offset, count: count) ?? []
    }

    func append(_ more: [UInt8]) throws(DemetraError) {
        try take()
        bytes.withLock { $0? += more }
    }

    func overwrite(_ more: [UInt8], at offset: Int) throws(DemetraError) {
        try take()
        bytes.withLock { $0?.overwrite(more, at: offset) }
    }

    func sync() {}

    func truncate(to byteCount: Int) throws(DemetraError) {
        try take()
        bytes.withLock { bytes in
            if let count = bytes?.count, count > byteCount { bytes?.removeLast(count - byteCount) }
        }
    }

    /// Makes the content this object's own.
    private func take() throws(DemetraError) {
        guard let base, bytes.withLock({ $0 == nil }) else { return }
        let content = try base.content("a file of the database")
        bytes.withLock { $0 = content }
        keep(self)
    }
}
