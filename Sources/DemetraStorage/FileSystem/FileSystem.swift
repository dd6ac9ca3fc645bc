package import DemetraTypes

/// The disk, as storage sees it: the only way the core reaches files.
///
/// Paths use `/`. Every operation that fails throws 58030 naming the file.
package protocol FileSystem: Sendable {
    /// True when files take memory, so that putting something into one frees none.
    var isInMemory: Bool { get }

    /// Opens a file for reading and appending; makes it when there is none and `creating` is true.
    ///
    /// - Throws: 58P01 when there is no such file.
    func open(_ path: String, creating: Bool) throws(DemetraError) -> any StorageFile

    /// Opens a file for reading and nothing else.
    ///
    /// - Throws: 58P01 when there is no such file.
    func openForReading(_ path: String) throws(DemetraError) -> any StorageFile

    /// Makes a file without a name for what is put aside; it is gone with the object, or with the process.
    ///
    /// - Throws: 58030 when there is no place for one.
    func openUnnamed() throws(DemetraError) -> any StorageFile

    /// True when something has that name.
    func exists(_ path: String) -> Bool

    /// Makes a directory and those above it, durably; does nothing where there is one.
    func createDirectory(_ path: String) throws(DemetraError)

    /// Names in a directory, sorted.
    func list(_ path: String) throws(DemetraError) -> [String]

    /// Gives a file or a directory a new name at once: after a crash either the old or the new one is there.
    /// Durable only after `syncDirectory`.
    func rename(_ path: String, to target: String) throws(DemetraError)

    /// Removes a file. The name may come back after a crash; who holds the file open still reads it.
    func remove(_ path: String) throws(DemetraError)

    /// Removes a directory and everything in it; does nothing where there is none.
    func removeDirectory(_ path: String) throws(DemetraError)

    /// Makes the names in a directory durable.
    func syncDirectory(_ path: String) throws(DemetraError)

    /// Takes a lock that ends with the object or the process.
    ///
    /// - Throws: 55P03 naming the process that holds it.
    func lock(_ path: String) throws(DemetraError) -> any FileLock

    /// Takes a lock beside others that read, without writing anything; nil when there is no such file, so
    /// that nobody can hold it.
    ///
    /// - Throws: 55P03 naming the process that holds it.
    func lockForReading(_ path: String) throws(DemetraError) -> (any FileLock)?
}

extension FileSystem {
    package var isInMemory: Bool { false }

    package func openForReading(_ path: String) throws(DemetraError) -> any StorageFile {
        try open(path, creating: false)
    }

    package func openUnnamed() throws(DemetraError) -> any StorageFile {
        throw DemetraError(.ioError, "there is no place for temporary files")
    }

    package func lockForReading(_ path: String) throws(DemetraError) -> (any FileLock)? {
        try lock(path)
    }
}

/// An open file.
package protocol StorageFile: AnyObject, Sendable {
    /// Bytes in the file.
    func byteCount() throws(DemetraError) -> Int

    /// Up to `count` bytes from an offset on; fewer only at the end of the file. May be called from several
    /// threads.
    func read(at offset: Int, count: Int) throws(DemetraError) -> [UInt8]

    /// Adds bytes at the end. They may be lost in a crash until `sync` returns.
    func append(_ bytes: [UInt8]) throws(DemetraError)

    /// Writes bytes at an offset that is not behind the end; the file grows where they go beyond it.
    /// They may be lost in a crash, sector by sector, until `sync` returns.
    func overwrite(_ bytes: [UInt8], at offset: Int) throws(DemetraError)

    /// Returns when everything written is durable.
    func sync() throws(DemetraError)

    /// Cuts the file to a length.
    func truncate(to byteCount: Int) throws(DemetraError)
}

extension [UInt8] {
    /// Puts bytes at an offset, the end moving where they go beyond it.
    package mutating func overwrite(_ bytes: [UInt8], at offset: Int) {
        replaceSubrange(offset..<Swift.min(count, offset + bytes.count), with: bytes)
    }
}

extension StorageFile {
    /// All bytes of the file: a read that gives fewer is an error and not the end of the file, so that
    /// nothing is taken for torn that is there.
    func content(_ path: String) throws(DemetraError) -> [UInt8] {
        let count = try byteCount()
        let bytes = try read(at: 0, count: count)
        guard bytes.count == count else {
            throw DemetraError(
                .ioError,
                "could not read \"\(path)\": \(bytes.count) bytes came instead of \(count)",
                hint: "Look after the disk, then open the database again.")
        }
        return bytes
    }
}

/// A lock, held until the object goes.
package protocol FileLock: AnyObject, Sendable {}
