import Testing

@Suite struct `Code without comments and literals` {
    @Test(arguments: [
        ("let a = 1 // try! b", "let a = 1          "),
        ("let a = \"try!\"; b", "let a =       ; b"),
        ("f(\"\\(x ? \"(\" : \")\") end\"); try! g", "f(                      ); try! g"),
        ("#\"a\"b\"#; c", "       ; c"),
        ("#/a{ \"/#; c", "        ; c"),
        ("/* a\n b */ c", "    \n      c"),
        ("\"\"\"\n try! \" x\n\"\"\"; d", "   \n         \n   ; d"),
        ("\"a\\\\\"; e", "     ; e"),
    ])
    func `keeps what is code, in its place`(text: String, expected: String) {
        #expect(CodeText.withoutCommentsAndLiterals(text) == expected)
    }

    @Test func `keeps the lines of every file of the package`() {
        #expect(SourceTree.sources.count > 300)
        for file in SourceTree.sources + SourceTree.tests {
            #expect(file.code.count == file.lines.count, "\(file)")
            let opened = file.code.joined().filter { $0 == "{" }.count
            let closed = file.code.joined().filter { $0 == "}" }.count
            #expect(opened == closed, "\(file): braces do not match, so literals were misread")
        }
    }
}
