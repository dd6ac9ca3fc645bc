/// Names as SQL writes them in a text: `schema.table`, `"Quoted"`.
package enum IdentifierText {
    /// The parts of a name; those without quotes in lower case.
    ///
    /// - Throws: 22023 for what is no name.
    package static func parts(of text: String) throws(DemetraError) -> [String] {
        var rest = text.unicodeScalars[...]
        var parts: [String] = []
        func skipBlanks() {
            while rest.first?.properties.isWhitespace == true { rest.removeFirst() }
        }
        while true {
            skipBlanks()
            var part = String.UnicodeScalarView()
            if rest.first == "\"" {
                rest.removeFirst()
                var isClosed = false
                while !isClosed, let scalar = rest.popFirst() {
                    if scalar != "\"" {
                        part.append(scalar)
                    } else if rest.first == "\"" {
                        part.append(scalar)
                        rest.removeFirst()
                    } else {
                        isClosed = true
                    }
                }
                guard isClosed, !part.isEmpty else { throw invalid(text) }
                parts.append(String(part))
            } else {
                while let scalar = rest.first, isPart(scalar, isFirst: part.isEmpty) {
                    part.append(scalar)
                    rest.removeFirst()
                }
                guard !part.isEmpty else { throw invalid(text) }
                parts.append(String(part).lowercased())
            }
            skipBlanks()
            if rest.isEmpty { return parts }
            guard rest.popFirst() == "." else { throw invalid(text) }
        }
    }

    private static func isPart(_ scalar: Unicode.Scalar, isFirst: Bool) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "_": true
        case "0"..."9", "$": !isFirst
        default: scalar.value >= 0x80
        }
    }

    private static func invalid(_ text: String) -> DemetraError {
        DemetraError(
            .invalidParameterValue, "string is not a valid identifier: \"\(text)\"",
            hint: "Write a name that is no plain word in double quotes.")
    }

    /// A name, in double quotes where it needs them.
    package static func quoted(_ name: String) -> String {
        let isPlain =
            name.utf8.allSatisfy {
                ($0 >= 0x61 && $0 <= 0x7a) || $0 == 0x5f || ($0 >= 0x30 && $0 <= 0x39)
            } && name.utf8.first.map { $0 > 0x39 } == true
        return isPlain ? name : "\"" + name.replacing("\"", with: "\"\"") + "\""
    }
}
