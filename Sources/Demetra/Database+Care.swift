import DemetraEngine
import DemetraStorage

extension Database {
    /// Reads every byte of a database that nobody has open and says what is not as it was written. Writes
    /// nothing.
    ///
    /// - Throws: 55P03 naming the process that has it open, 3D000 when there is no database.
    public static func check(at path: String) throws(DemetraError) -> CheckReport {
        try DatabaseCheck.run(
            path: path, fileSystem: PosixFileSystem(),
            processorCount: SystemThread.processorCount)
    }

    /// Copies what can be read of a damaged database that nobody has open into a new one, and says what
    /// cannot. Writes nothing into the damaged one.
    ///
    /// - Throws: 55P03 naming the process that has it open, 3D000 when there is no database, 58P02 when there
    ///   is something in the target, 53100 or 58030 when the target's disk fails.
    public static func salvage(
        from path: String, to target: String
    ) throws(DemetraError) -> SalvageReport {
        try Salvage.run(
            path: path, to: target, fileSystem: PosixFileSystem(),
            processorCount: SystemThread.processorCount)
    }

    /// Writes the database as of now into a directory that does not exist or is empty, while others read and
    /// write; it opens as a database of its own.
    ///
    /// - Throws: 58P02 when there is something in the directory, XX001 when a segment is damaged, 53100 or
    ///   58030 when the disk fails; nothing is left then.
    public func backup(to directory: String) throws(DemetraError) {
        try engine.store.backup(to: directory)
    }
}
