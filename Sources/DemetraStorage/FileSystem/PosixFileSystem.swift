package import DemetraTypes
import Glibc

/// The operating system's files.
///
/// Safe because names are read from entries that the system has filled.
package struct PosixFileSystem: FileSystem {
    /// The file system.
    package init() {}

    static func failure(_ action: String, _ path: String) -> DemetraError {
        let number = errno
        let reason = String(cString: strerror(number))
        if number == ENOENT {
            return DemetraError(.undefinedFile, "file \"\(path)\" does not exist")
        }
        let isFull = number == ENOSPC || number == EDQUOT
        return DemetraError(
            isFull ? .diskFull : .ioError, "could not \(action) \"\(path)\": \(reason)",
            hint: isFull
                ? "Free some space on the disk."
                : (number == EACCES || number == EROFS
                    ? "Make the directory writable for this user, or use another one." : nil))
    }

    package func open(_ path: String, creating: Bool) throws(DemetraError) -> any StorageFile {
        let flags = O_RDWR | O_CLOEXEC | (creating ? O_CREAT : 0)
        var descriptor = Glibc.open(path, flags, 0o644)
        if descriptor < 0, errno == EACCES || errno == EROFS, !creating {
            descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        }
        return try Self.file(descriptor, path)
    }

    package func openForReading(_ path: String) throws(DemetraError) -> any StorageFile {
        try Self.file(Glibc.open(path, O_RDONLY | O_CLOEXEC), path)
    }

    /// In `TMPDIR`, or `/tmp` without it; the name is gone before anybody could use it.
    package func openUnnamed() throws(DemetraError) -> any StorageFile {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        var name = ((folder.isEmpty ? "/tmp" : folder) + "/demetra-XXXXXX").utf8CString.map { $0 }
        let descriptor = mkstemp(&name)
        let path = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard descriptor >= 0 else { throw Self.failure("make temporary file", path) }
        unlink(path)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return try Self.file(descriptor, path)
    }

    private static func file(
        _ descriptor: Int32, _ path: String
    ) throws(DemetraError) -> any StorageFile {
        guard descriptor >= 0 else { throw failure("open", path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            close(descriptor)
            throw DemetraError(.ioError, "\"\(path)\" is a directory, not a file")
        }
        return PosixFile(descriptor: descriptor, path: path)
    }

    package func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    package func createDirectory(_ path: String) throws(DemetraError) {
        var partial = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            partial += part
            if mkdir(partial, 0o755) == 0 {
                let parent = partial.lastIndex(of: "/").map { String(partial[..<$0]) }
                try syncDirectory(parent.map { $0.isEmpty ? "/" : $0 } ?? ".")
            } else if errno != EEXIST {
                throw Self.failure("create directory", path)
            }
            partial += "/"
        }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw DemetraError(
                .ioError, "\"\(path)\" is a file, not a directory",
                hint: "A database is a directory: give another path.")
        }
    }

    package func list(_ path: String) throws(DemetraError) -> [String] {
        guard let directory = opendir(path) else { throw Self.failure("list", path) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    package func rename(_ path: String, to target: String) throws(DemetraError) {
        guard Glibc.rename(path, target) == 0 else { throw Self.failure("rename", path) }
    }

    package func remove(_ path: String) throws(DemetraError) {
        guard unlink(path) == 0 else { throw Self.failure("remove", path) }
    }

    package func removeDirectory(_ path: String) throws(DemetraError) {
        guard exists(path) else { return }
        for name in try list(path) {
            let inside = path + "/" + name
            var status = stat()
            guard lstat(inside, &status) == 0 else { throw Self.failure("remove", inside) }
            if status.st_mode & S_IFMT == S_IFDIR {
                try removeDirectory(inside)
            } else {
                try remove(inside)
            }
        }
        guard rmdir(path) == 0 else { throw Self.failure("remove", path) }
    }

    package func syncDirectory(_ path: String) throws(DemetraError) {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Self.failure("sync", path) }
    }

    package func lock(_ path: String) throws(DemetraError) -> any FileLock {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.failure("open", path) }
        let lock = try Self.locked(descriptor, LOCK_EX, path)
        let text = Array("\(getpid())\n".utf8)
        ftruncate(descriptor, 0)
        pwrite(descriptor, text, text.count, 0)
        return lock
    }

    package func lockForReading(_ path: String) throws(DemetraError) -> (any FileLock)? {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT { return nil }
        guard descriptor >= 0 else { throw Self.failure("open", path) }
        return try Self.locked(descriptor, LOCK_SH, path)
    }

    private static func locked(
        _ descriptor: Int32, _ kind: Int32, _ path: String
    ) throws(DemetraError) -> any FileLock {
        guard flock(descriptor, kind | LOCK_NB) != 0 else {
            return PosixLock(descriptor: descriptor)
        }
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = pread(descriptor, &bytes, 31, 0)
        let holder =
            String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
            .split(separator: "\n").first.map(String.init) ?? "unknown"
        close(descriptor)
        throw DemetraError(
            .lockNotAvailable, "database is in use by process \(holder)",
            detail: "The lock file is \"\(path)\".",
            hint: "Close the other process, or connect to its server.")
    }
}

/// A locked descriptor.
private final class PosixLock: FileLock {
    private let descriptor: Int32
    init(descriptor: Int32) { self.descriptor = descriptor }
    deinit { close(descriptor) }
}

/// A file of the operating system.
///
/// Safe because buffers are arrays that live through each call.
private final class PosixFile: StorageFile {
    private let descriptor: Int32
    private let path: String

    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    func byteCount() throws(DemetraError) -> Int {
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { throw PosixFileSystem.failure("measure", path) }
        return Int(end)
    }

    func read(at offset: Int, count: Int) throws(DemetraError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let read = bytes.withUnsafeMutableBytes { buffer -> Int in
                guard let base = buffer.baseAddress else { return 0 }
                return pread(descriptor, base + done, count - done, off_t(offset + done))
            }
            if read < 0 {
                if errno == EINTR { continue }
                throw PosixFileSystem.failure("read", path)
            }
            if read == 0 { break }
            done += read
        }
        if done < count { bytes.removeLast(count - done) }
        return bytes
    }

    func append(_ bytes: [UInt8]) throws(DemetraError) {
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { throw PosixFileSystem.failure("write", path) }
        try overwrite(bytes, at: Int(end))
    }

    func overwrite(_ bytes: [UInt8], at offset: Int) throws(DemetraError) {
        var done = 0
        while done < bytes.count {
            let written = bytes.withUnsafeBytes { buffer -> Int in
                guard let base = buffer.baseAddress else { return 0 }
                return pwrite(
                    descriptor, base + done, bytes.count - done, off_t(offset + done))
            }
            if written < 0 {
                if errno == EINTR { continue }
                throw PosixFileSystem.failure("write", path)
            }
            done += written
        }
    }

    func sync() throws(DemetraError) {
        guard fdatasync(descriptor) == 0 else { throw PosixFileSystem.failure("sync", path) }
    }

    func truncate(to byteCount: Int) throws(DemetraError) {
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else {
            throw PosixFileSystem.failure("truncate", path)
        }
    }
}
