import Testing

/// One idea, one word; and some words say nothing.
@Suite struct `Words` {
    @Test func `names of types and files say what the thing is`() {
        let empty =
            #/(?:Manager|Helpers?|Utils?|Utilit(?:y|ies)|Common|Misc|Impl|V2)$|^(?:Base|New)[A-Z]|[a-z](?:Base|Data)$/#
        for file in SourceTree.sources + SourceTree.tests {
            let name = file.path.split(separator: "/").last.map(String.init) ?? ""
            #expect(!name.replacing(".swift", with: "").contains(empty), "\(file)")
            for type in file.typeNames { #expect(!type.contains(empty), "\(file): \(type)") }
        }
    }

    @Test func `functions name what they act on`() {
        let vague = #/\bfunc\s+(?:do|process|handle|perform|manage)\s*\(\s*\)/#
        for file in SourceTree.sources { #expect(file.matches(vague).isEmpty, "\(file)") }
    }

    @Test func `folders are parts of the architecture`() {
        let attic: Set<String> = [
            "Common", "Misc", "Utils", "Helpers", "Extensions", "Shared", "New",
        ]
        for file in SourceTree.sources {
            let folders = Set(file.path.split(separator: "/").dropLast().map(String.init))
            #expect(folders.intersection(attic) == [], "\(file)")
        }
    }

    @Test func `tests never look inside by @testable`() {
        for file in SourceTree.tests {
            #expect(!file.code.contains { $0.contains(#/^\s*@testable/#) }, "\(file)")
        }
    }
}

extension SourceFile {
    fileprivate var typeNames: [String] {
        let pattern = #/\b(?:class|struct|enum|protocol|actor|typealias)\s+([A-Za-z_]\w*)/#
        return code.flatMap { $0.matches(of: pattern).map { String($0.output.1) } }
    }
}
