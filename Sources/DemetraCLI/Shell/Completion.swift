import Demetra
import Foundation

/// One question of completion: a line, and the word that ends at its cursor.
struct Completion {
    let connection: any ShellConnection
    let earlierLines: String
    let line: String
    /// In bytes of the line.
    let cursor: Int
    /// What readline takes for the word; it knows no quotes, and ends words at each sign.
    let word: String

    /// What the word may become, best first.
    var candidates: [String] {
        let head = String(decoding: line.utf8.prefix(cursor), as: UTF8.self)
        if earlierLines.allSatisfy(\.isWhitespace),
            head.drop(while: \.isWhitespace).first == "\\"
        {
            return commandCandidates(head)
        }
        let earlier = earlierLines.isEmpty ? "" : earlierLines + "\n"
        let found = connection.completions(of: earlier + line, at: earlier.utf8.count + cursor)
        let typed = String(
            decoding: (earlier + line).utf8.prefix(earlier.utf8.count + cursor)
                .dropFirst(found.range.lowerBound), as: UTF8.self)
        if let prefix = found.filePrefix { return files(prefix) }
        return chosen(found.items).compactMap { text in
            // The word may begin inside of what is completed, as behind the quote of a name.
            let before = typed.utf8.count - word.utf8.count
            guard before >= 0 else { return nil }
            return String(decoding: text.utf8.dropFirst(before), as: UTF8.self)
        }
    }

    /// Capitals mean the language; else what belongs to the tables comes first and alone, so that one Tab
    /// completes it although some rare keyword begins alike.
    private func chosen(_ items: [Completions.Item]) -> [String] {
        let ofLanguage = items.filter { [.keyword, .function, .type].contains($0.kind) }
        let ofData = items.filter { ![.keyword, .function, .type].contains($0.kind) }
        if word.contains(where: \.isUppercase) {
            return (ofLanguage.isEmpty ? ofData : ofLanguage).map(\.text)
        }
        return (ofData.isEmpty || word.isEmpty ? ofData + ofLanguage : ofData).map(\.text)
    }

    /// The files whose names begin so, from the word on; a folder ends in a slash.
    private func files(_ prefix: String) -> [String] {
        let folder = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
        let start = String(prefix.dropFirst(folder.count))
        let manager = FileManager.default
        let names = (try? manager.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
        return names.filter { $0.hasPrefix(start) && ($0.first != "." || start.first == ".") }
            .sorted().map { name in
                var isFolder: ObjCBool = false
                _ = manager.fileExists(atPath: folder + name, isDirectory: &isFolder)
                let whole = folder + name + (isFolder.boolValue ? "/" : "")
                return String(
                    decoding: whole.utf8.dropFirst(prefix.utf8.count - word.utf8.count),
                    as: UTF8.self)
            }
    }

    private func commandCandidates(_ head: String) -> [String] {
        let parts = head.split(whereSeparator: \.isWhitespace).map(String.init)
        let isFirst = parts.count < 2 && head.last?.isWhitespace != true
        if isFirst { return BackslashCommand.all.map(\.name).filter { $0.hasPrefix(word) } }
        switch parts[0] {
        case "\\d": return relations
        case "\\df": return matching(functions)
        case "\\format": return matching(OutputFormat.allCases.map(\.rawValue))
        case "\\h": return matching(StatementHelp.names + functions)
        case "\\i", "\\o": return files(parts.count > 1 ? parts[parts.count - 1] : "")
        case "\\timing": return matching(["on", "off"])
        case "\\x": return matching(["on", "off", "auto"])
        default: return []
        }
    }

    private var functions: [String] { names(behind: "SELECT ", .function) }

    private var relations: [String] { names(behind: "SELECT * FROM ", .relation) }

    /// What the word may become behind the beginning of a statement.
    private func names(behind text: String, _ kind: Completions.Item.Kind) -> [String] {
        let text = text + word
        return connection.completions(of: text, at: text.utf8.count).items
            .filter { $0.kind == kind }.map(\.text)
    }

    private func matching(_ candidates: [String]) -> [String] {
        let start = word.lowercased()
        return candidates.filter { $0.lowercased().hasPrefix(start) }
    }
}
