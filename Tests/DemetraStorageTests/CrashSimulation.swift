import DemetraStorage
import DemetraTesting
import DemetraTypes

/// A store on a disk that loses power at a random moment, again and again, beside a model that does not.
///
/// Each life mixes commits of one and of several tables, definitions, flushes with what they merge, backups
/// and an orderly close, and now and then a read that fails. After each the database must pass a check, hold
/// exactly what was acknowledged, with or without the commit that was under way, and so must the backup.
struct CrashSimulation {
    /// What went wrong, with the seed that repeats it.
    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    let seed: Seed
    private var random: SeededGenerator
    private var disk: SimulatedFileSystem
    private var model = StoreModel()
    /// The last backup, what it must hold, and whether it must be there.
    private var backedUp: (path: String, contents: StoreModel.Contents, isAcknowledged: Bool)?
    private var backupCount = 0
    private(set) var crashCount = 0
    private let neglect: SimulatedFileSystem.Neglect?

    init(_ seed: Seed, neglecting neglect: SimulatedFileSystem.Neglect? = nil) {
        self.seed = seed
        self.neglect = neglect
        random = seed.generator
        disk = SimulatedFileSystem(seed: seed)
        if let neglect { disk.neglect(neglect) }
    }

    /// Lives of one database: each ends with a crash or an orderly close.
    mutating func run(lives: Int) throws {
        for life in 0..<lives {
            if !random.oneIn(4) { disk.plan(.crash, after: random.below(140)) }
            let inFlight = try live()
            if disk.isDown { crashCount += 1 }
            disk = disk.afterCrash()
            if let neglect { disk.neglect(neglect) }
            try recover(inFlight, life)
        }
    }

    /// Gives the commit of which nobody said whether it is durable, if there is one.
    private mutating func live() throws -> StoreModel.Step? {
        var inFlight: StoreModel.Step?
        do throws(DemetraError) {
            let fixture = try StoreFixture(disk, streams: true)
            for _ in 0..<(5 + random.below(25)) {
                if random.oneIn(9) {
                    try fixture.store.flush()
                    continue
                }
                if random.oneIn(40) {
                    try fixture.store.vacuum(nil)
                    continue
                }
                if random.oneIn(30) {
                    try backUp(fixture)
                    continue
                }
                let step = StoreModel.step(&random, model.contents)
                inFlight = step
                try StoreModel.run(step, on: fixture)
                model.apply(step)
                inFlight = nil
            }
            if random.oneIn(2) { try fixture.store.close() }
        } catch {
            guard disk.isDown else { throw violation("\(error) without a crash") }
        }
        return inFlight
    }

    private mutating func backUp(_ fixture: StoreFixture) throws(DemetraError) {
        let before = backedUp?.path
        backedUp = nil
        if let before { try disk.removeDirectory(before) }
        backupCount += 1
        let path = "backups/\(backupCount)"
        backedUp = (path, model.contents, false)
        try fixture.store.backup(to: path)
        backedUp = (path, model.contents, true)
    }

    private mutating func recover(_ inFlight: StoreModel.Step?, _ life: Int) throws {
        let found: StoreModel.Contents
        do throws(DemetraError) {
            if disk.exists(StoreFixture.path + "/CURRENT") { try check(StoreFixture.path) }
            try failOnce()
            let fixture = try StoreFixture(disk, streams: true)
            found = try fixture.contents()
            guard fixture.store.recovery.damages.isEmpty else {
                throw fixture.store.recovery.damages[0]
            }
            try fixture.store.close()
            try check(StoreFixture.path)
            try checkBackup()
        } catch {
            throw violation("life \(life): \(error.rendered())")
        }
        if found == model.contents { return }
        var other = model.contents
        if let inFlight { StoreModel.apply(inFlight, to: &other) }
        guard found == other else {
            throw violation(
                "life \(life): the database holds neither what was acknowledged nor that and the "
                    + "commit that was under way")
        }
        model.replace(other)
    }

    /// An opening in which a read fails: it says so, and spoils nothing.
    private mutating func failOnce() throws(DemetraError) {
        guard random.oneIn(3) else { return }
        let fault: SimulatedFileSystem.ReadFault = random.oneIn(2) ? .ioError : .shortRead
        disk.plan(fault, afterReads: random.below(12))
        defer { disk.forgetFaults() }
        do throws(DemetraError) {
            let fixture = try StoreFixture(disk, streams: true)
            _ = try fixture.contents()
            try fixture.store.close()
        } catch {
            guard [.ioError, .dataCorrupted].contains(error.sqlState) else { throw error }
        }
    }

    private func check(_ path: String) throws(DemetraError) {
        let report = try DatabaseCheck.run(path: path, fileSystem: disk, processorCount: 1)
        guard let damage = report.findings.first(where: { $0.severity == .damage }) else { return }
        throw DemetraError(
            .dataCorrupted, "\(path), \(damage.file): \(damage.message)", detail: damage.detail)
    }

    private mutating func checkBackup() throws(DemetraError) {
        guard let (path, contents, isAcknowledged) = backedUp else { return }
        guard disk.exists(path + "/CURRENT") else {
            if isAcknowledged { throw DemetraError(.dataCorrupted, "the backup is gone") }
            return
        }
        try check(path)
        let copy = try StoreFixture(disk, path: path)
        guard try copy.contents() == contents else {
            throw DemetraError(.dataCorrupted, "the backup holds something else")
        }
        try copy.store.close()
        backedUp = (path, contents, true)
    }

    private func violation(_ text: String) -> Violation {
        Violation(description: "\(seed): \(text)")
    }
}
