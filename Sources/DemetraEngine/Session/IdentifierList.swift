import DemetraCatalog

/// Names in a setting, separated by commas: `"$user", public`.
enum IdentifierList {
    /// The names of a text: those without quotes in lower case. What cannot be read as a name is left out.
    static func names(in text: String) -> [String] {
        var names: [String] = []
        var name = ""
        var (isQuoted, wasQuoted) = (false, false)
        func end() {
            let trimmed = wasQuoted ? name : name.trimmingBlanks.lowercased()
            if wasQuoted || !trimmed.isEmpty { names.append(trimmed) }
            (name, wasQuoted) = ("", false)
        }
        var rest = text[...]
        while let character = rest.popFirst() {
            switch (character, isQuoted) {
            case ("\"", true) where rest.first == "\"":
                name.append(character)
                rest.removeFirst()
            case ("\"", true): isQuoted = false
            case ("\"", false):
                (isQuoted, wasQuoted, name) = (true, true, "")
            case (",", false): end()
            case (_, true): name.append(character)
            case (_, false): if !wasQuoted { name.append(character) }
            }
        }
        end()
        return names
    }

    /// The parts of one name as SQL writes it: `schema.table`, `"Quoted"`.
    static func parts(of name: String) -> [String] {
        var parts: [String] = []
        var part = ""
        var (isQuoted, wasQuoted) = (false, false)
        func end() {
            parts.append(wasQuoted ? part : part.trimmingBlanks.lowercased())
            (part, wasQuoted) = ("", false)
        }
        for character in name {
            switch (character, isQuoted) {
            case ("\"", _):
                // A quote inside of quotes is doubled: the second begins again.
                if !isQuoted, wasQuoted { part.append(character) }
                isQuoted.toggle()
                wasQuoted = true
            case (".", false): end()
            default: part.append(character)
            }
        }
        end()
        return parts
    }

    /// A name as it stands in such a list.
    static func quoted(_ name: String) -> String {
        let isPlain =
            name.first.map { ("a"..."z").contains($0) || $0 == "_" } ?? false
            && name.allSatisfy {
                ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "_" || $0 == "$"
            }
        return isPlain ? name : RelationName.quoted(name)
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        var view = self[...]
        while view.first?.isWhitespace == true { view.removeFirst() }
        while view.last?.isWhitespace == true { view.removeLast() }
        return String(view)
    }
}
