import DemetraStorage
import DemetraTesting
import DemetraTypes
import Testing

@Suite struct `A store whose power fails` {
    /// `DEMETRA_SEEDS=20000` for a long run.
    @Test(arguments: Seed.blocks(500))
    func `holds every acknowledged commit and no half one, and so does its backup`(
        seeds: Seed.Block
    ) throws {
        for seed in seeds.seeds {
            var simulation = CrashSimulation(seed)
            try simulation.run(lives: 6)
        }
    }

    @Test func `fails often enough to prove something`() throws {
        var crashCount = 0
        for number in 1...20 {
            var simulation = CrashSimulation(Seed(UInt64(number)))
            try simulation.run(lives: 6)
            crashCount += simulation.crashCount
        }
        #expect(crashCount > 40)
    }

    @Test(arguments: SimulatedFileSystem.Neglect.allCases)
    func `is caught when something is left out`(neglect: SimulatedFileSystem.Neglect) {
        // What the log overwrites needs no cut, so few runs miss one.
        let runs = neglect == .truncations ? 240 : 60
        let caught = (1...runs).count { number in
            var simulation = CrashSimulation(Seed(UInt64(number)), neglecting: neglect)
            do {
                try simulation.run(lives: 6)
                return false
            } catch {
                return true
            }
        }
        print("\(neglect) left out: noticed in \(caught) of \(runs) runs")
        #expect(caught > 3, "\(neglect) must be noticed")
    }
}

@Suite struct `A store whose disk fails once` {
    /// The same steps each time, with a fault at the n-th write.
    private static func run(
        _ fault: SimulatedFileSystem.Fault, at offset: Int
    ) throws -> (reached: Bool, disk: SimulatedFileSystem, allowed: [StoreModel.Contents]) {
        let disk = SimulatedFileSystem(seed: Seed(UInt64(offset)))
        disk.plan(fault, after: offset)
        var random = Seed(99).generator
        var model = StoreModel()
        var maybe: StoreModel.Contents?
        do throws(DemetraError) {
            var fixture = try StoreFixture(disk, streams: true)
            for index in 0..<40 {
                if index == 25 {
                    do throws(DemetraError) { try fixture.store.close() } catch {}
                    fixture = try StoreFixture(disk, streams: true)
                    if let other = maybe, try fixture.contents() == other { model.replace(other) }
                    maybe = nil
                }
                let step = StoreModel.step(&random, model.contents)
                do throws(DemetraError) {
                    try StoreModel.run(step, on: fixture)
                    model.apply(step)
                    maybe = nil
                } catch {
                    // The commit failed: it may be durable all the same, and readers must not see it.
                    var other = model.contents
                    StoreModel.apply(step, to: &other)
                    maybe = maybe ?? other
                }
                if index % 7 == 6 {
                    do throws(DemetraError) { try fixture.store.flush() } catch {}
                }
                if index == 30 {
                    do throws(DemetraError) { try fixture.store.vacuum(nil) } catch {}
                }
                if index % 20 == 19 { Self.backUp(fixture, disk, model.contents) }
                let seen = try fixture.contents()
                #expect(seen == model.contents, "\(fault) at write \(offset), step \(index)")
            }
            do throws(DemetraError) { try fixture.store.close() } catch {}
        } catch {
            let isHonest = [SQLState.ioError, .diskFull].contains(error.sqlState)
            #expect(isHonest, "\(fault) at write \(offset): \(error)")
        }
        return (disk.writeCount > offset, disk, [model.contents] + (maybe.map { [$0] } ?? []))
    }

    /// A backup that fails leaves nothing, and one that does not is whole.
    private static func backUp(
        _ fixture: StoreFixture, _ disk: SimulatedFileSystem, _ contents: StoreModel.Contents
    ) {
        let target = "copies/\(disk.writeCount)"
        do throws(DemetraError) {
            try disk.createDirectory("copies")
            try fixture.store.backup(to: target)
            let copy = try StoreFixture(disk, path: target)
            #expect(try copy.contents() == contents)
            try copy.store.close()
        } catch {
            #expect([SQLState.ioError, .diskFull].contains(error.sqlState), "\(error)")
        }
    }

    @Test(arguments: [SimulatedFileSystem.Fault.ioError, .diskFull, .crash])
    func `goes on or refuses, and loses nothing, wherever it fails`(
        fault: SimulatedFileSystem.Fault
    ) throws {
        var offset = 0
        while true {
            let (reached, disk, allowed) = try Self.run(fault, at: offset)
            let after = disk.afterCrash()
            if after.exists("db/CURRENT") {
                let report = try DatabaseCheck.run(
                    path: "db", fileSystem: after, processorCount: 1)
                #expect(report.isClean, "\(fault) at write \(offset): \(report.findings)")
            }
            let fixture = try StoreFixture(after, streams: true)
            let found = try fixture.contents()
            #expect(allowed.contains(found), "\(fault) at write \(offset)")
            #expect(fixture.store.recovery.damages.isEmpty)
            if !reached { break }
            offset += 1
        }
        #expect(offset > 100, "the steps must write often enough to prove something")
    }

    /// The same steps, with a fault at the n-th read: an error, and right answers afterwards.
    @Test(arguments: [SimulatedFileSystem.ReadFault.ioError, .shortRead])
    func `answers no wrong rows when a read fails, wherever it does`(
        fault: SimulatedFileSystem.ReadFault
    ) throws {
        var offset = 0
        var failures = 0
        while true {
            let disk = SimulatedFileSystem(seed: Seed(7))
            var random = Seed(99).generator
            var model = StoreModel()
            let first = try StoreFixture(disk, streams: true)
            for index in 0..<40 {
                let step = StoreModel.step(&random, model.contents)
                try StoreModel.run(step, on: first)
                model.apply(step)
                if index % 7 == 6 { try first.store.flush() }
            }
            try first.store.close()
            disk.plan(fault, afterReads: offset)
            let begin = disk.readCount
            do throws(DemetraError) {
                let fixture = try StoreFixture(disk, streams: true)
                #expect(try fixture.contents() == model.contents, "\(fault) at read \(offset)")
                try fixture.store.flush()
                try fixture.store.backup(to: "copies/one")
                try fixture.store.close()
            } catch {
                failures += 1
                let isHonest = [SQLState.ioError, .dataCorrupted].contains(error.sqlState)
                #expect(isHonest, "\(fault) at read \(offset): \(error)")
            }
            let isReached = disk.readCount - begin > offset
            disk.forgetFaults()
            let again = try StoreFixture(disk, streams: true)
            #expect(try again.contents() == model.contents, "after \(fault) at read \(offset)")
            try again.store.close()
            if !isReached { break }
            offset += 1
        }
        #expect(failures > 10, "the steps must read often enough to prove something")
    }

    @Test func `takes no more writes after a failed sync, and goes on reading`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try StoreFixture(disk, streams: true)
        try fixture.create("ads")
        try fixture.insert([TestRow(key: 1, text: "a", amount: 1, factor: nil)], into: "ads")
        disk.plan(.ioError, after: 1)
        let row = TestRow(key: 2, text: "b", amount: 2, factor: nil)
        #expect(throws: DemetraError.self) { try fixture.insert([row], into: "ads") }
        do {
            try fixture.insert([row], into: "ads")
            Issue.record("a write was taken")
        } catch {
            #expect(error.sqlState == .ioError)
            #expect(error.message.contains("the database takes no more writes"))
        }
        #expect(try fixture.rows("ads").map(\.key) == [1])
    }

    @Test func `writes again when a full disk has room`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try StoreFixture(disk, streams: true)
        try fixture.create("ads")
        let row = TestRow(key: 1, text: "a", amount: 1, factor: nil)
        disk.plan(.diskFull, after: 0)
        do {
            try fixture.insert([row], into: "ads")
            Issue.record("a full disk took a row")
        } catch {
            #expect(error.sqlState == .diskFull)
        }
        try fixture.insert([row], into: "ads")
        let again = try StoreFixture(disk.afterCrash())
        #expect(try again.rows("ads") == [row])
    }
}
