/// Blanks out what is not code, so that patterns do not match inside comments and text.
enum CodeText {
    /// The text with comments and string literals replaced by spaces; line breaks stay where they are.
    static func withoutCommentsAndLiterals(_ text: String) -> String {
        var scanner = Scanner(bytes: Array(text.utf8))
        scanner.run()
        return String(decoding: scanner.bytes, as: UTF8.self)
    }

    private struct Scanner {
        var bytes: [UInt8]
        var position = 0

        mutating func run() {
            while position < bytes.count {
                if has("//") {
                    blank(upTo: lineEnd())
                } else if has("/*") {
                    blank(upTo: end(of: "*/"))
                } else if let hashes = literalHashes() {
                    blankLiteral(hashes)
                } else if has("#/") {
                    blank(upTo: end(of: "/#"))
                } else {
                    position += 1
                }
            }
        }

        private func has(_ token: String, at place: Int? = nil) -> Bool {
            let start = place ?? position
            let token = token.utf8
            return start + token.count <= bytes.count
                && bytes[start..<start + token.count].elementsEqual(token)
        }

        private func lineEnd() -> Int {
            bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        }

        private func end(of token: String) -> Int {
            var place = position
            while place < bytes.count, !has(token, at: place) { place += 1 }
            return min(bytes.count, place + token.utf8.count)
        }

        /// The number of `#` before a quotation mark that begins here, or nil.
        private func literalHashes() -> Int? {
            var place = position
            while place < bytes.count, bytes[place] == UInt8(ascii: "#") { place += 1 }
            guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { return nil }
            return place - position
        }

        private mutating func blank(upTo end: Int) {
            while position < end {
                if bytes[position] != UInt8(ascii: "\n") { bytes[position] = UInt8(ascii: " ") }
                position += 1
            }
        }

        private mutating func blankLiteral(_ hashes: Int) {
            let marks = String(repeating: "#", count: hashes)
            let quote = has("\"\"\"", at: position + hashes) ? "\"\"\"" : "\""
            let escape = "\\" + marks
            var place = position + hashes + quote.utf8.count
            while place < bytes.count, !has(quote + marks, at: place) {
                if has(escape + "(", at: place) {
                    place = interpolationEnd(from: place + escape.utf8.count + 1)
                } else if has(escape, at: place) {
                    place += escape.utf8.count + 1
                } else {
                    place += 1
                }
            }
            blank(upTo: min(bytes.count, place + quote.utf8.count + hashes))
        }

        /// The end of an interpolation, whose own literals may hold parentheses.
        private func interpolationEnd(from start: Int) -> Int {
            var depth = 1
            var place = start
            while place < bytes.count, depth > 0 {
                switch bytes[place] {
                case UInt8(ascii: "("): depth += 1
                case UInt8(ascii: ")"): depth -= 1
                case UInt8(ascii: "\""):
                    var inner = self
                    inner.position = place
                    inner.blankLiteral(0)
                    place = inner.position
                    continue
                default: break
                }
                place += 1
            }
            return place
        }
    }
}
