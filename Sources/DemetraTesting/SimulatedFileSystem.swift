package import DemetraStorage
package import DemetraTypes
import Synchronization

/// A file system in memory that loses what was not synced when its power goes, and fails when it is told to.
///
/// A crash keeps of each file what was synced, and of the rest nothing, all, the beginning, or some sectors;
/// of each name that was changed since its directory was synced the old or the new state. A seed decides.
///
/// Safe because every access to files and names holds the lock.
package final class SimulatedFileSystem: FileSystem {
    /// What happens at an operation that writes.
    package enum Fault: Sendable, Hashable {
        /// The power goes: this operation and all later ones fail.
        case crash
        /// The disk reports an error; an append has written its beginning.
        case ioError
        /// The disk is full; an append has written its beginning.
        case diskFull
    }

    /// What happens at an operation that reads.
    package enum ReadFault: Sendable, Hashable {
        /// The disk reports an error.
        case ioError
        /// Fewer bytes come than there are.
        case shortRead
    }

    /// What a careless program would leave out: for proving that a harness notices.
    package enum Neglect: Sendable, Hashable, CaseIterable {
        /// Syncs of files do nothing.
        case fileSyncs
        /// Syncs of directories do nothing.
        case directorySyncs
        /// Files are renamed without having been synced.
        case syncsBeforeRename
        /// Files are not cut.
        case truncations
    }

    private struct State: @unchecked Sendable {
        var names = SimulatedNames()
        var folders: Set<String> = []
        var locks: Set<String> = []
        var random: SeededGenerator
        var writeCount = 0
        var faults: [Int: Fault] = [:]
        var isDown = false
        var readCount = 0
        var readFaults: [Int: ReadFault] = [:]
        var neglected: Set<Neglect> = []

        /// The fault of a read, counted.
        mutating func readFault() -> ReadFault? {
            defer { readCount += 1 }
            return readFaults[readCount]
        }

        func syncsNothing(_ path: String) -> Bool {
            neglected.contains(.fileSyncs)
                || neglected.contains(.syncsBeforeRename) && path.contains("/tmp/")
        }
    }

    private let state: Mutex<State>

    /// An empty disk.
    package init(seed: Seed) { state = Mutex(State(random: seed.generator)) }

    private init(_ state: sending State) { self.state = Mutex(state) }

    // MARK: Control

    /// Operations that write so far: appends, syncs, truncations, renames, removals, new files.
    package var writeCount: Int { state.withLock { $0.writeCount } }

    /// True once the power is gone.
    package var isDown: Bool { state.withLock { $0.isDown } }

    /// Makes the operation that is `offset` writes away fail; 0 is the next one.
    package func plan(_ fault: Fault, after offset: Int) {
        state.withLock { $0.faults[$0.writeCount + offset] = fault }
    }

    /// Reads so far.
    package var readCount: Int { state.withLock { $0.readCount } }

    /// Makes the read that is `offset` reads away fail; 0 is the next one.
    package func plan(_ fault: ReadFault, afterReads offset: Int) {
        state.withLock { $0.readFaults[$0.readCount + offset] = fault }
    }

    /// Forgets planned faults.
    package func forgetFaults() {
        state.withLock { state in
            state.faults = [:]
            state.readFaults = [:]
        }
    }

    /// Leaves something out, as a broken disk or a forgotten call would.
    package func neglect(_ what: Neglect) { state.withLock { _ = $0.neglected.insert(what) } }

    /// The disk as the next process finds it: what a crash now would leave.
    package func afterCrash() -> SimulatedFileSystem {
        SimulatedFileSystem(
            state.withLock { state in
                var random = state.random
                let names = state.names.crashed(&random)
                state.isDown = true
                return State(names: names, folders: state.folders, random: random)
            })
    }

    /// The bytes of a file as they are now; nil when there is none.
    package func bytes(_ path: String) -> [UInt8]? {
        state.withLock { $0.names.files[path]?.bytes }
    }

    /// The paths of all files, sorted.
    package var paths: [String] { state.withLock { $0.names.files.keys.sorted() } }

    /// Changes one bit of a file, as a bad sector would.
    package func flip(bit: Int, at offset: Int, of path: String) {
        state.withLock { $0.names.files[path]?.flip(bit: bit, at: offset) }
    }

    /// Cuts a file, as a careless copy would.
    package func cut(_ path: String, to count: Int) {
        state.withLock { state in
            state.names.files[path]?.truncate(to: count)
            state.names.files[path]?.sync()
        }
    }

    // MARK: Operations

    /// Counts a write and throws what is planned for it; `partial` is what an append does nevertheless.
    private static func write(
        _ state: inout State, _ path: String, partial: (inout State) -> Void = { _ in }
    ) throws(DemetraError) {
        if state.isDown { throw failure(path) }
        defer { state.writeCount += 1 }
        switch state.faults[state.writeCount] {
        case nil: return
        case .crash:
            state.isDown = true
            partial(&state)
            throw failure(path)
        case .ioError:
            partial(&state)
            throw failure(path)
        case .diskFull:
            partial(&state)
            throw DemetraError(.diskFull, "could not write \"\(path)\": no space left on device")
        }
    }

    private static func failure(_ path: String) -> DemetraError {
        DemetraError(.ioError, "could not reach \"\(path)\": input/output error")
    }

    private static func missing(_ path: String) -> DemetraError {
        DemetraError(.undefinedFile, "file \"\(path)\" does not exist")
    }

    package func open(_ path: String, creating: Bool) throws(DemetraError) -> any StorageFile {
        let file = try state.withLock { state throws(DemetraError) -> SimulatedFile in
            if state.isDown { throw Self.failure(path) }
            if let file = state.names.files[path] { return file }
            guard creating else { throw Self.missing(path) }
            try Self.write(&state, path)
            let file = SimulatedFile()
            state.names.set(path, file)
            return file
        }
        return Handle(fileSystem: self, path: path, file: file)
    }

    package func exists(_ path: String) -> Bool {
        state.withLock { state in
            state.names.files[path] != nil || state.folders.contains(path)
                || state.names.files.keys.contains { $0.hasPrefix(path + "/") }
        }
    }

    package func removeDirectory(_ path: String) throws(DemetraError) {
        try state.withLock { state throws(DemetraError) in
            let inside = state.names.files.keys.filter { $0.hasPrefix(path + "/") }
            for name in inside.sorted() {
                try Self.write(&state, name)
                state.names.set(name, nil)
            }
            state.folders = state.folders.filter { $0 != path && !$0.hasPrefix(path + "/") }
        }
    }

    package func createDirectory(_ path: String) throws(DemetraError) {
        try state.withLock { state throws(DemetraError) in
            if state.folders.contains(path) { return }
            try Self.write(&state, path)
            state.folders.insert(path)
        }
    }

    package func list(_ path: String) throws(DemetraError) -> [String] {
        try state.withLock { state throws(DemetraError) in
            if state.isDown { throw Self.failure(path) }
            let all = Array(state.names.files.keys) + Array(state.folders)
            let inside = all.filter { $0.hasPrefix(path + "/") }
                .map { String($0.dropFirst(path.count + 1).prefix { $0 != "/" }) }
            return Set(inside).sorted()
        }
    }

    package func rename(_ path: String, to target: String) throws(DemetraError) {
        try state.withLock { state throws(DemetraError) in
            try Self.write(&state, path)
            if let file = state.names.files[path] {
                state.names.set(target, file)
                state.names.set(path, nil)
                return
            }
            guard state.folders.contains(path) else { throw Self.missing(path) }
            state.names.move(path, to: target)
            let inside = state.folders.filter { $0 == path || $0.hasPrefix(path + "/") }
            for folder in inside {
                state.folders.remove(folder)
                state.folders.insert(target + folder.dropFirst(path.count))
            }
        }
    }

    package func remove(_ path: String) throws(DemetraError) {
        try state.withLock { state throws(DemetraError) in
            try Self.write(&state, path)
            guard state.names.files[path] != nil else { throw Self.missing(path) }
            state.names.set(path, nil)
        }
    }

    package func syncDirectory(_ path: String) throws(DemetraError) {
        try state.withLock { state throws(DemetraError) in
            try Self.write(&state, path)
            if !state.neglected.contains(.directorySyncs) { state.names.sync(directory: path) }
        }
    }

    package func lock(_ path: String) throws(DemetraError) -> any FileLock {
        let isFree = try state.withLock { state throws(DemetraError) in
            if state.isDown { throw Self.failure(path) }
            return state.locks.insert(path).inserted
        }
        guard isFree else {
            throw DemetraError(.lockNotAvailable, "database is in use by process 1")
        }
        return Lock { [weak self] in self?.state.withLock { _ = $0.locks.remove(path) } }
    }

    private final class Lock: FileLock {
        private let release: @Sendable () -> Void
        init(_ release: @escaping @Sendable () -> Void) { self.release = release }
        deinit { release() }
    }

    // MARK: Files

    /// An open file. It stays readable when its name is removed.
    private final class Handle: StorageFile, @unchecked Sendable {
        private let fileSystem: SimulatedFileSystem
        private let path: String
        // Guarded by the file system's lock.
        private let file: SimulatedFile

        init(fileSystem: SimulatedFileSystem, path: String, file: SimulatedFile) {
            self.fileSystem = fileSystem
            self.path = path
            self.file = file
        }

        func byteCount() throws(DemetraError) -> Int {
            try fileSystem.state.withLock { state throws(DemetraError) in
                if state.isDown { throw SimulatedFileSystem.failure(path) }
                return file.bytes.count
            }
        }

        func read(at offset: Int, count: Int) throws(DemetraError) -> [UInt8] {
            try fileSystem.state.withLock { state throws(DemetraError) in
                if state.isDown { throw SimulatedFileSystem.failure(path) }
                let fault = state.readFault()
                if fault == .ioError { throw SimulatedFileSystem.failure(path) }
                let end = min(file.bytes.count, offset + count)
                guard offset < end else { return [] }
                let isShort = fault == .shortRead
                return Array(
                    file.bytes[offset..<(isShort ? offset + (end - offset) / 2 : end)])
            }
        }

        func append(_ bytes: [UInt8]) throws(DemetraError) {
            try fileSystem.state.withLock { state throws(DemetraError) in
                try SimulatedFileSystem.write(&state, path) { state in
                    file.append(SimulatedFile.torn(bytes, &state.random))
                }
                file.append(bytes)
            }
        }

        func overwrite(_ bytes: [UInt8], at offset: Int) throws(DemetraError) {
            try fileSystem.state.withLock { state throws(DemetraError) in
                try SimulatedFileSystem.write(&state, path) { state in
                    file.overwrite(SimulatedFile.torn(bytes, &state.random), at: offset)
                }
                file.overwrite(bytes, at: offset)
            }
        }

        func sync() throws(DemetraError) {
            try fileSystem.state.withLock { state throws(DemetraError) in
                do throws(DemetraError) {
                    try SimulatedFileSystem.write(&state, path)
                } catch {
                    if !state.isDown { file.failSync(&state.random) }
                    throw error
                }
                if !state.syncsNothing(path) { file.sync() }
            }
        }

        func truncate(to byteCount: Int) throws(DemetraError) {
            try fileSystem.state.withLock { state throws(DemetraError) in
                try SimulatedFileSystem.write(&state, path)
                if !state.neglected.contains(.truncations) { file.truncate(to: byteCount) }
            }
        }
    }
}
