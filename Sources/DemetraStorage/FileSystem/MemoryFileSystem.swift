package import DemetraTypes
import Synchronization

/// Files in memory: for databases without a directory, and for tests.
package final class MemoryFileSystem: FileSystem {
    private final class Lock: FileLock {
        private let release: @Sendable () -> Void
        init(_ release: @escaping @Sendable () -> Void) { self.release = release }
        deinit { release() }
    }

    private let files = Mutex<[String: MemoryFile]>([:])
    private let locks = Mutex<Set<String>>([])

    /// No files yet.
    package init() {}

    package var isInMemory: Bool { true }

    package func open(_ path: String, creating: Bool) throws(DemetraError) -> any StorageFile {
        let file = files.withLock { files -> MemoryFile? in
            if let file = files[path] { return file }
            guard creating else { return nil }
            let file = MemoryFile()
            files[path] = file
            return file
        }
        guard let file else {
            throw DemetraError(.undefinedFile, "file \"\(path)\" does not exist")
        }
        return file
    }

    package func exists(_ path: String) -> Bool {
        files.withLock { $0[path] != nil || $0.keys.contains { $0.hasPrefix(path + "/") } }
    }

    package func createDirectory(_ path: String) {}

    package func list(_ path: String) -> [String] {
        files.withLock { files in
            let names = files.keys.filter { $0.hasPrefix(path + "/") }.map {
                String($0.dropFirst(path.count + 1).prefix { $0 != "/" })
            }
            return Array(Set(names)).sorted()
        }
    }

    package func rename(_ path: String, to target: String) throws(DemetraError) {
        let isMissing = files.withLock { files in
            if let file = files.removeValue(forKey: path) {
                files[target] = file
                return false
            }
            let inside = files.keys.filter { $0.hasPrefix(path + "/") }
            for name in inside {
                files[target + name.dropFirst(path.count)] = files.removeValue(forKey: name)
            }
            return inside.isEmpty
        }
        if isMissing { throw DemetraError(.undefinedFile, "file \"\(path)\" does not exist") }
    }

    package func remove(_ path: String) { files.withLock { $0[path] = nil } }

    package func removeDirectory(_ path: String) {
        files.withLock { files in files = files.filter { !$0.key.hasPrefix(path + "/") } }
    }

    package func syncDirectory(_ path: String) {}

    package func lock(_ path: String) throws(DemetraError) -> any FileLock {
        guard locks.withLock({ $0.insert(path).inserted }) else {
            throw DemetraError(.lockNotAvailable, "database is in use by this process")
        }
        return Lock { [weak self] in self?.locks.withLock { _ = $0.remove(path) } }
    }
}

/// A file in memory.
private final class MemoryFile: StorageFile {
    private let bytes = Mutex<[UInt8]>([])

    func byteCount() -> Int { bytes.withLock { $0.count } }

    func read(at offset: Int, count: Int) -> [UInt8] {
        bytes.withLock { bytes in
            guard offset < bytes.count else { return [] }
            return Array(bytes[offset..<min(bytes.count, offset + count)])
        }
    }

    func append(_ more: [UInt8]) { bytes.withLock { $0 += more } }

    func overwrite(_ more: [UInt8], at offset: Int) {
        bytes.withLock { $0.overwrite(more, at: offset) }
    }

    func sync() {}

    func truncate(to byteCount: Int) {
        bytes.withLock { bytes in
            if bytes.count > byteCount { bytes.removeLast(bytes.count - byteCount) }
        }
    }
}
