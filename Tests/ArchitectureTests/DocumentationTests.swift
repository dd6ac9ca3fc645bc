import Testing

/// What others can use says what it gives.
@Suite struct `Documentation` {
    @Test func `every public and package symbol has a doc comment`() {
        let requirements = Set(SourceTree.sources.flatMap(\.requirements)).union([
            "==", "<", "hash", "description", "encode", "next", "makeIterator",
        ])
        for file in SourceTree.sources {
            for (index, line) in file.code.enumerated() where line.contains(Self.symbol) {
                if let name = line.firstMatch(of: #/\b(?:func|var)\s+([\w=<]+)/#)?.output.1,
                    requirements.contains(String(name))
                {
                    // The protocol says what it gives, or the standard library does.
                    continue
                }
                let isDocumented = file.hasDocumentation(above: index)
                #expect(isDocumented, "\(file):\(index + 1): \(file.lines[index])")
            }
        }
    }

    @Test func `comments hold neither plans nor banners`() {
        let plan = #/\b(?:TODO|FIXME|HACK|XXX)\b(?!\d)|^\s*\/\/\s*[=*-]{4,}\s*$/#
        for file in SourceTree.sources + SourceTree.tests where file.target != "ArchitectureTests" {
            for (index, line) in file.lines.enumerated() {
                #expect(!line.contains(plan), "\(file):\(index + 1)")
            }
        }
    }

    @Test func `no file opens with an author, a date or a licence`() {
        let banner = #/(?i)copyright|licen[cs]ed? under|created by|author:/#
        for file in SourceTree.sources {
            let head = file.lines.prefix(12).joined(separator: "\n")
            #expect(!head.contains(banner), "\(file)")
        }
    }

    private static var symbol: Regex<Substring> {
        #/^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:package|public)\s+(?!import\b)/#
    }
}

extension SourceFile {
    /// Whether a doc comment stands above a line; attributes and plain comments may lie between. A table of
    /// one-line constants or fields shares the comment above it, or that of the type it fills.
    fileprivate func hasDocumentation(above index: Int) -> Bool {
        var place = index - 1
        while place >= 0, lines[place].contains(#/^\s*(?:@|\/\/(?!\/))/#) { place -= 1 }
        if place >= 0, lines[place].contains(#/^\s*\/\/\//#) { return true }
        let field = #/^\s*(?:package|public) (?:static let|let|var) \w+[^{}]*$/#
        guard lines[index].contains(field) else { return false }
        while place >= 0, lines[place].contains(field) { place -= 1 }
        guard place >= 0 else { return false }
        if lines[place].contains(#/^\s*\/\/\//#) { return true }
        return place > 0 && lines[place].hasSuffix("{")
            && lines[place - 1].contains(#/^\s*\/\/\//#)
    }

    /// The names that protocols of this file ask for.
    fileprivate var requirements: [String] {
        var result: [String] = []
        var depth = 0
        var protocolDepth: Int?
        for line in code {
            if line.contains(#/\bprotocol\s+\w+/#) { protocolDepth = depth }
            if protocolDepth != nil,
                let name = line.firstMatch(of: #/\b(?:func|var)\s+([\w=<]+)/#)?.output.1
            {
                result.append(String(name))
            }
            depth += line.count { $0 == "{" } - line.count { $0 == "}" }
            if let start = protocolDepth, depth <= start, line.contains("}") { protocolDepth = nil }
        }
        return result
    }
}
