import DemetraStorage
import DemetraTesting
import DemetraTypes
import Testing

/// A database of every kind of file, to be damaged at random.
private struct DamagedDatabase {
    let disk: SimulatedFileSystem
    /// What each commit since the last flush left.
    let states: [StoreModel.Contents]

    init() throws {
        let disk = SimulatedFileSystem(seed: Seed(5))
        var random = Seed(11).generator
        var model = StoreModel()
        var states: [StoreModel.Contents] = []
        let fixture = try StoreFixture(disk)
        for index in 0..<90 {
            let step = StoreModel.step(&random, model.contents)
            if case .drop = step { continue }
            try StoreModel.run(step, on: fixture)
            model.apply(step)
            states.append(model.contents)
            if index == 60 { try fixture.store.flush() }
        }
        try fixture.store.close()
        // What was removed stays removed.
        let folders = Set(
            disk.paths.map { path in String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) }
        )
        for folder in folders.union(["db/tmp"]) { try disk.syncDirectory(folder) }
        self.disk = disk.afterCrash()
        self.states = states
    }
}

@Suite struct `A database of which a bit was flipped or a file was cut` {
    private enum Outcome: String, CaseIterable {
        /// Opening the database or reading it says what is damaged.
        case refused
        /// Commits at the end of the log are gone, and the check says why.
        case earlier
        /// Every answer is right, and the check tells of the damage.
        case checked
        case harmless
    }

    /// `DEMETRA_SEEDS=20000` for a long run.
    @Test(arguments: Seed.blocks(400))
    func `answers nothing wrong: the damage is told, or does not matter`(
        block: Seed.Block
    ) throws {
        let database = try DamagedDatabase()
        var counts: [Outcome: Int] = [:]
        for seed in block.seeds { counts[try Self.damage(database, seed), default: 0] += 1 }
        let shown = Outcome.allCases.map { "\(counts[$0] ?? 0) \($0)" }
        print("\(block): \(shown.joined(separator: ", "))")
        if block.seeds.count >= 20 { #expect((counts[.refused] ?? 0) > 0) }
    }

    private static func damage(_ database: DamagedDatabase, _ seed: Seed) throws -> Outcome {
        var random = seed.generator
        let disk = database.disk.afterCrash()
        let files = disk.paths.filter { !$0.hasSuffix("LOCK") && disk.bytes($0)?.isEmpty == false }
        let path = files[random.below(files.count)]
        let size = disk.bytes(path)?.count ?? 1
        let what: String
        if random.oneIn(4) {
            let length = random.below(size)
            disk.cut(path, to: length)
            what = "\(seed): \(path) cut to \(length) of \(size)"
        } else {
            let (bit, offset) = (random.below(8), random.below(size))
            disk.flip(bit: bit, at: offset, of: path)
            what = "\(seed): bit \(bit) of byte \(offset) of \(path)"
        }
        let report = try DatabaseCheck.run(path: "db", fileSystem: disk, processorCount: 1)
        let whole = database.states[database.states.count - 1]
        do throws(DemetraError) {
            let fixture = try StoreFixture(disk)
            let found = try fixture.contents()
            // A log that lost its end gives an earlier commit; nothing ever gives another state.
            #expect(database.states.contains(found), "\(what): a wrong answer")
            #expect(found == whole || !report.findings.isEmpty, "\(what): nothing was said")
            if found != whole { return .earlier }
            return report.findings.isEmpty ? .harmless : .checked
        } catch {
            let isHonest = [
                SQLState.dataCorrupted, .featureNotSupported, .ioError, .invalidCatalogName,
            ].contains(error.sqlState)
            #expect(isHonest, "\(what): \(error)")
            #expect(!report.isClean, "\(what): the check found nothing, but \(error)")
            return .refused
        }
    }

    @Test func `was good before, and another state would be seen`() throws {
        let database = try DamagedDatabase()
        let good = try DatabaseCheck.run(
            path: "db", fileSystem: database.disk.afterCrash(), processorCount: 1)
        #expect(good.findings == [])
        let fixture = try StoreFixture(database.disk.afterCrash())
        var random = Seed(1).generator
        try fixture.insert([.random(9_999, &random)], into: "ads")
        #expect(!database.states.contains(try fixture.contents()))
    }
}
