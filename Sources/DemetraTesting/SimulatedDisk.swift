import DemetraStorage

// What a disk keeps of what was written, when the power goes.

/// The bytes of a file: what is durable, and what was written since the last sync.
// Guarded by the file system's lock.
final class SimulatedFile {
    /// A write that the disk may or may not have carried out.
    enum Write {
        case append([UInt8])
        case overwrite([UInt8], at: Int)
        case truncate(Int)
    }

    /// What a disk writes at once: a crash keeps or loses such a piece as a whole.
    private static let sectorBytes = 512

    private(set) var bytes: [UInt8] = []
    private var durable: [UInt8] = []
    private var pending: [Write] = []

    func append(_ more: [UInt8]) {
        bytes += more
        pending.append(.append(more))
    }

    func overwrite(_ more: [UInt8], at offset: Int) {
        bytes.overwrite(more, at: offset)
        pending.append(.overwrite(more, at: offset))
    }

    func truncate(to count: Int) {
        if bytes.count > count { bytes.removeLast(bytes.count - count) }
        pending.append(.truncate(count))
    }

    /// All writes become durable.
    func sync() {
        for write in pending { Self.apply(write, to: &durable) }
        pending = []
    }

    /// A sync that failed: some writes are on the disk, and the system has forgotten the others, so that no
    /// later sync writes them.
    func failSync(_ random: inout SeededGenerator) {
        durable = survivor(&random)
        pending = []
    }

    /// Changes one bit of what is durable.
    func flip(bit: Int, at offset: Int) {
        bytes[offset] ^= 1 << UInt8(bit)
        durable = bytes
    }

    /// The file as it is found after a crash.
    func crashed(_ random: inout SeededGenerator) -> SimulatedFile {
        let file = SimulatedFile()
        file.bytes = survivor(&random)
        file.durable = file.bytes
        return file
    }

    /// The first bytes of a write. Zeros at its end are room for later ones: most tears are before them.
    static func torn(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        let used = (bytes.lastIndex { $0 != 0 } ?? -1) + 1
        return Array(bytes.prefix(random.below((random.oneIn(8) ? bytes.count : used) + 1)))
    }

    private static func apply(_ write: Write, to bytes: inout [UInt8]) {
        switch write {
        case .append(let more): bytes += more
        case .overwrite(let more, let offset):
            // What came before it may have been lost, and the bytes between are nothing.
            bytes += [UInt8](repeating: 0, count: max(0, offset - bytes.count))
            bytes.overwrite(more, at: offset)
        case .truncate(let count):
            if bytes.count > count { bytes.removeLast(bytes.count - count) }
        }
    }

    /// What may be on the disk: nothing of the unsynced writes, all of them, the first bytes of them, or
    /// the full length with some sectors never written.
    private func survivor(_ random: inout SeededGenerator) -> [UInt8] {
        var all = durable
        // Behind this nothing of what was durable is left: what was cut off does not come back.
        var stable = durable.count
        var firstPendingByte = durable.count
        for write in pending {
            Self.apply(write, to: &all)
            switch write {
            case .append: break
            case .overwrite(_, let offset): firstPendingByte = min(firstPendingByte, offset)
            case .truncate(let count):
                stable = min(stable, count)
                firstPendingByte = min(firstPendingByte, count)
            }
        }
        switch random.below(4) {
        case 0: return durable
        case 1: return all
        case 2:
            var torn = durable
            for write in pending {
                switch write {
                case .append(let more) where random.oneIn(2):
                    torn += Self.torn(more, &random)
                    return torn
                case .overwrite(let more, let offset) where random.oneIn(2):
                    let part = Self.torn(more, &random)
                    Self.apply(.overwrite(part, at: offset), to: &torn)
                    return torn
                default: Self.apply(write, to: &torn)
                }
            }
            return torn
        default:
            var sector = firstPendingByte / Self.sectorBytes * Self.sectorBytes
            while sector < all.count {
                if random.oneIn(2) {
                    for index in sector..<min(all.count, sector + Self.sectorBytes) {
                        all[index] = index < stable ? durable[index] : 0
                    }
                }
                sector += Self.sectorBytes
            }
            return all
        }
    }
}

/// Names of files: what is durable, and what was changed since its directory was synced.
struct SimulatedNames {
    private enum Change {
        case set(String, SimulatedFile?)
        /// A directory with everything in it.
        case move(String, to: String)

        /// The directory that has to be synced.
        var parent: String {
            switch self {
            case .set(let path, _), .move(let path, _): SimulatedNames.parent(path)
            }
        }

        func apply(_ files: inout [String: SimulatedFile]) {
            switch self {
            case .set(let path, let file): files[path] = file
            case .move(let path, let target):
                // What had the name before was an empty directory.
                for name in files.keys where name.hasPrefix(target + "/") { files[name] = nil }
                for name in files.keys.filter({ $0.hasPrefix(path + "/") }) {
                    files[target + name.dropFirst(path.count)] = files.removeValue(forKey: name)
                }
            }
        }
    }

    private(set) var files: [String: SimulatedFile] = [:]
    private var durable: [String: SimulatedFile] = [:]
    private var pending: [Change] = []

    mutating func set(_ path: String, _ file: SimulatedFile?) {
        files[path] = file
        pending.append(.set(path, file))
    }

    /// Renames a directory: its files come along, whatever of their names is durable yet.
    mutating func move(_ path: String, to target: String) {
        let change = Change.move(path, to: target)
        // Names in a directory that had been there went with it.
        pending.removeAll { $0.parent.hasPrefix(target + "/") || $0.parent == target }
        change.apply(&files)
        pending.append(change)
    }

    mutating func sync(directory: String) {
        for change in pending where change.parent == directory { change.apply(&durable) }
        pending.removeAll { $0.parent == directory }
    }

    /// The names after a crash: each unsynced change was carried out or not.
    func crashed(_ random: inout SeededGenerator) -> SimulatedNames {
        var left = durable
        for change in pending where random.oneIn(2) { change.apply(&left) }
        var result = SimulatedNames()
        // In the order of names, so that one seed gives one outcome.
        for (path, file) in left.sorted(by: { $0.key < $1.key }) {
            result.files[path] = file.crashed(&random)
        }
        result.durable = result.files
        return result
    }

    static func parent(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }
}
