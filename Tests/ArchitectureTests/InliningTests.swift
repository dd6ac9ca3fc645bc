import Testing

/// `@inlinable` has no effect in a type of the package that is not `@usableFromInline`: see decision 43.
@Suite struct `What is inlinable` {
    @Test func `is in types that other targets can inline from`() {
        var count = 0
        for file in SourceTree.sources {
            var isUsable = true
            for (index, line) in file.lines.enumerated() {
                if line == "}" { isUsable = true }
                if line.contains(#/^(@\w+ )*package (final class|struct|enum|class) /#) {
                    let before = index > 0 ? file.lines[index - 1] : ""
                    isUsable = "\(before) \(line)".contains("@usableFromInline")
                }
                guard line.hasPrefix(" "), line.contains("@inlinable") else { continue }
                count += 1
                #expect(isUsable, "\(file):\(index + 1) is in a type that is not @usableFromInline")
            }
        }
        #expect(count > 20, "inlinable functions were not found")
    }
}
