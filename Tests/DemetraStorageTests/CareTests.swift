import DemetraStorage
import DemetraTesting
import DemetraTypes
import Testing

@Suite struct `Rows of a damaged segment that the log hides` {
    /// A segment that lists its row ids, and commits in the log that hide some of its rows.
    private static func disk() throws -> (disk: SimulatedFileSystem, segment: String) {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let fixture = try StoreFixture(disk)
        var random = Seed(3).generator
        for name in ["ads", "budgets"] {
            try fixture.create(name)
            try fixture.insert((0..<50).map { .random($0, &random) }, into: name)
        }
        try fixture.delete([3, 5, 20, 21], from: "ads")
        try fixture.store.flush()
        try fixture.delete([7, 8, 9], from: "ads")
        try fixture.insert([.random(10, &random), .random(99, &random)], into: "ads")
        try fixture.store.close()
        let segment = disk.paths.first { $0.hasPrefix("db/segments/1/") && $0.hasSuffix(".seg") }
        return (disk.afterCrash(), segment ?? "")
    }

    @Test func `do not keep the database closed, and stay hidden when the file is back`() throws {
        let (first, segment) = try Self.disk()
        let whole = try StoreFixture(first.afterCrash()).contents()
        let length = first.bytes(segment)?.count ?? 0
        var opened = 0
        for offset in stride(from: 8, to: length, by: 3) {
            let disk = first.afterCrash()
            disk.flip(bit: offset % 8, at: offset, of: segment)
            let fixture = try StoreFixture(disk)
            #expect(try fixture.rows("budgets").count == 50, "byte \(offset)")
            // A flush cuts the log that said what is hidden.
            try fixture.insert(
                [TestRow(key: 1_000, text: nil, amount: 1, factor: nil)], into: "budgets")
            try fixture.store.flush()
            try fixture.store.close()
            let again = disk.afterCrash()
            guard again.bytes(segment)?.count == length else { continue }
            again.flip(bit: offset % 8, at: offset, of: segment)
            let mended = try StoreFixture(again)
            #expect(try mended.contents()["ads"] == whole["ads"], "byte \(offset)")
            opened += 1
        }
        #expect(opened > 20)
    }
}
