import DemetraStorage
import Testing

@Suite struct `A leader of commits` {
    /// A census after some windows in each of which writers commit so often.
    private func census(writers: UInt, commitsPerWindow: Int, windows: Int64 = 3) -> WriterCensus {
        var census = WriterCensus()
        for window in 0..<windows {
            for commit in 0..<commitsPerWindow {
                let time =
                    window * 50_000_000 + Int64(commit) * 50_000_000 / Int64(commitsPerWindow)
                census.note(UInt(commit) % writers, at: 1_000_000_000 + time)
            }
        }
        return census
    }

    @Test func `waits for a third of many busy writers`() {
        #expect(census(writers: 64, commitsPerWindow: 130).company == 21)
        #expect(census(writers: 30, commitsPerWindow: 300).company == 10)
    }

    @Test func `waits for nobody where few commit or where they commit rarely`() {
        #expect(census(writers: 1, commitsPerWindow: 100).company == nil)
        #expect(census(writers: 15, commitsPerWindow: 1_000).company == nil)
        #expect(census(writers: 64, commitsPerWindow: 64, windows: 1).company == nil)
        #expect(census(writers: 64, commitsPerWindow: 10).company == nil)
    }

    @Test func `forgets those who came long ago`() {
        var census = census(writers: 64, commitsPerWindow: 130)
        census.note(1, at: 9_000_000_000)
        #expect(census.company == nil)
    }
}
