import DemetraStorage
import DemetraTypes
import Testing

@Suite struct `The time of a commit` {
    private static func row(_ key: Int64) -> TestRow {
        TestRow(key: key, text: nil, amount: key, factor: nil)
    }

    private func time(_ fixture: StoreFixture) -> Int64 {
        fixture.store.snapshot().moment.time.microseconds
    }

    @Test func `is that of the clock`() throws {
        let clock = ManualClock(start: Timestamp(microseconds: 5_000_000))
        let fixture = try StoreFixture(MemoryFileSystem(), clock: clock)
        try fixture.create("ads")
        #expect(time(fixture) == 5_000_000)
        clock.advance(microseconds: 3)
        try fixture.insert([Self.row(1)], into: "ads")
        #expect(time(fixture) == 5_000_003)
    }

    @Test func `never stands still nor runs backwards`() throws {
        let clock = ManualClock(start: Timestamp(microseconds: 5_000_000))
        let disk = MemoryFileSystem()
        var fixture = try StoreFixture(disk, clock: clock)
        try fixture.create("ads")
        clock.advance(microseconds: -1_000)
        var last = time(fixture)
        for key in 1...4 {
            try fixture.insert([Self.row(Int64(key))], into: "ads")
            #expect(time(fixture) > last)
            last = time(fixture)
            if key == 2 { try fixture.store.flush() }
            if key == 3 {
                try fixture.store.close()
                fixture = try StoreFixture(disk, clock: clock)
            }
        }
    }

    @Test(arguments: [false, true])
    func `is known after the database was opened again`(isFlushed: Bool) throws {
        let clock = ManualClock(start: Timestamp(microseconds: 77))
        let disk = MemoryFileSystem()
        let fixture = try StoreFixture(disk, clock: clock)
        try fixture.create("ads")
        clock.advance(microseconds: 100)
        try fixture.insert([Self.row(1)], into: "ads")
        if isFlushed { try fixture.store.flush() }
        let before = fixture.store.snapshot().moment
        try fixture.store.close()
        #expect(try StoreFixture(disk, clock: clock).store.snapshot().moment == before)
    }
}
