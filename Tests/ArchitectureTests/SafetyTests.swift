import Testing

/// Input can make an error, never a trap; and unsafe code is where the list says, with its reason.
@Suite struct `Safety` {
    @Test func `nothing in the product traps by force`() {
        let force = #/\btry!|\bfatalError\b|\bas!|\bunowned\(unsafe\)|[\w)\]]!(?![=\w])/#
        for file in SourceTree.sources
        where !["GrammarCompiler", "SampleEmbedder"].contains(file.target) {
            #expect(file.matches(force).isEmpty, "\(file)")
        }
    }

    @Test func `at most five files promise Sendable without the compiler's proof`() {
        let pattern = #/@unchecked\s+Sendable|nonisolated\(unsafe\)/#
        let files = SourceTree.sources.filter { !$0.matches(pattern).isEmpty }.map(\.path)
        #expect(Set(files) == UnsafeFiles.unchecked)
        #expect(files.count <= 5)
    }

    @Test func `unsafe code is in the listed files alone, and each says why it is safe`() {
        var found: Set<String> = []
        for file in SourceTree.sources where !file.matches(UnsafeFiles.pattern).isEmpty {
            found.insert(file.path)
            let reason = file.lines.contains {
                $0.contains(#/^\s*\/\/\/?\s*(?:- )?Safe because \S/#)
            }
            #expect(reason, "\(file) has no line that begins with \"Safe because\"")
        }
        #expect(found.subtracting(UnsafeFiles.all) == [], "unsafe code outside of the list")
        #expect(UnsafeFiles.all.subtracting(found) == [], "listed, but without unsafe code")
    }
}
