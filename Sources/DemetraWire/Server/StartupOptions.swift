import Demetra

/// The `options` of a start-up packet: `-c name=value` and `--name=value`.
enum StartupOptions {
    /// Applies the settings of a start-up packet, also those in `options`.
    static func apply(
        _ parameters: [String: String], to connection: Connection
    ) throws(DemetraError) {
        for (name, value) in parameters {
            switch name {
            case "user", "database", "replication": continue
            case "options":
                for (name, value) in parse(value) { try connection.set(name, to: value) }
            default:
                if name.hasPrefix("_pq_.") { continue }
                try connection.set(name, to: value)
            }
        }
    }

    private static func parse(_ text: String) -> [(String, String)] {
        var result: [(String, String)] = []
        var words = words(text)[...]
        while var word = words.popFirst() {
            if word == "-c" {
                guard let next = words.popFirst() else { break }
                word = next
            } else if word.hasPrefix("-c") || word.hasPrefix("--") {
                word.removeFirst(2)
            } else {
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { continue }
            result.append((parts[0].replacing("-", with: "_"), parts[1]))
        }
        return result
    }

    /// The words between blanks; a backslash takes the next character as it is.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var characters = text.unicodeScalars.makeIterator()
        while let character = characters.next() {
            if character == "\\" {
                if let next = characters.next() { word.unicodeScalars.append(next) }
            } else if character.properties.isWhitespace {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.unicodeScalars.append(character)
            }
        }
        return word.isEmpty ? words : words + [word]
    }
}
