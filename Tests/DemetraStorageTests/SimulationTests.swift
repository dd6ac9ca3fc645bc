import DemetraStorage
import DemetraTesting
import DemetraTypes
import Testing

/// A store on a disk that loses power at a random moment, again and again, beside a model that does not.
struct CrashSimulation {
    /// What went wrong, with the seed that repeats it.
    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    let seed: Seed
    private var random: SeededGenerator
    private var disk: SimulatedFileSystem
    private var model = StoreModel()
    private(set) var crashCount = 0

    init(_ seed: Seed, ignoringSyncs: Bool = false) {
        self.seed = seed
        random = seed.generator
        disk = SimulatedFileSystem(seed: seed)
        if ignoringSyncs { disk.ignoreSyncs() }
        self.ignoresSyncs = ignoringSyncs
    }

    private let ignoresSyncs: Bool

    /// Lives of one database: each ends with a crash or an orderly close.
    mutating func run(lives: Int) throws {
        for life in 0..<lives {
            if !random.oneIn(4) { disk.plan(.crash, after: random.below(120)) }
            let inFlight = try live()
            if disk.isDown { crashCount += 1 }
            disk = disk.afterCrash()
            if ignoresSyncs { disk.ignoreSyncs() }
            try recover(inFlight, life)
        }
    }

    /// Gives the commit of which nobody said whether it is durable, if there is one.
    private mutating func live() throws -> StoreModel.Step? {
        var inFlight: StoreModel.Step?
        do throws(DemetraError) {
            let fixture = try StoreFixture(disk)
            for _ in 0..<(5 + random.below(25)) {
                if random.oneIn(9) {
                    try fixture.store.flush()
                    continue
                }
                if random.oneIn(40) {
                    try fixture.store.vacuum(nil)
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

    private mutating func recover(_ inFlight: StoreModel.Step?, _ life: Int) throws {
        let found: StoreModel.Contents
        do throws(DemetraError) {
            let fixture = try StoreFixture(disk)
            found = try fixture.contents()
            guard fixture.store.recovery.damages.isEmpty else {
                throw fixture.store.recovery.damages[0]
            }
            try fixture.store.close()
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

    private func violation(_ text: String) -> Violation {
        Violation(description: "\(seed): \(text)")
    }
}

@Suite struct `A store whose power fails` {
    @Test(arguments: Seed.some(500))
    func `holds every acknowledged commit and no half one`(seed: Seed) throws {
        var simulation = CrashSimulation(seed)
        try simulation.run(lives: 6)
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

    @Test func `is caught when syncs do nothing`() {
        let caught = (1...40).count { number in
            var simulation = CrashSimulation(Seed(UInt64(number)), ignoringSyncs: true)
            do {
                try simulation.run(lives: 6)
                return false
            } catch {
                return true
            }
        }
        #expect(caught > 20, "a disk that forgets must be noticed")
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
            let fixture = try StoreFixture(disk)
            for index in 0..<40 {
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

    @Test(arguments: [SimulatedFileSystem.Fault.ioError, .diskFull])
    func `goes on or refuses, and loses nothing, wherever it fails`(
        fault: SimulatedFileSystem.Fault
    ) throws {
        var offset = 0
        while true {
            let (reached, disk, allowed) = try Self.run(fault, at: offset)
            let fixture = try StoreFixture(disk.afterCrash())
            let found = try fixture.contents()
            #expect(allowed.contains(found), "\(fault) at write \(offset)")
            #expect(fixture.store.recovery.damages.isEmpty)
            if !reached { break }
            offset += 1
        }
        #expect(offset > 100, "the steps must write often enough to prove something")
    }

    @Test func `takes no more writes after a failed sync, and goes on reading`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try StoreFixture(disk)
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
        let fixture = try StoreFixture(disk)
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
