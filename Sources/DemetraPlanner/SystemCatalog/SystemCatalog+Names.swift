package import DemetraCatalog
package import DemetraFunctions
import DemetraSQL
package import DemetraTypes

// Objects by name and by number.

extension SystemCatalog {
    /// The number of an object by its name as SQL writes it; nil when there is none.
    package func number(of text: String, as type: SystemType) -> Int64? {
        if type == .regtype { return typeNumber(text) }
        // A function may come with its arguments: what tells overloads apart.
        let isCall = type == .regprocedure || type == .regproc
        let name = isCall ? text.prefix { $0 != "(" } : text[...]
        guard let parts = try? IdentifierText.parts(of: String(name)), let last = parts.last,
            parts.count <= 3
        else { return nil }
        let schema = parts.count > 1 ? parts[parts.count - 2] : nil
        switch type {
        case .regclass: return relation(last, in: schema)?.number
        case .regnamespace:
            return parts.count == 1 ? schemas.first { $0.name == last }?.number : nil
        case .regrole: return number(ofRole: last)
        case .regcollation: return Self.collations.first { $0.name == last }?.number
        default:
            guard schema == nil || schema == Self.systemSchema else { return nil }
            let found = functions.named(last)
            guard isCall, text.contains("(") else { return found.first?.number }
            let wanted = text.drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }
                .split(separator: ",").map { CatalogType.named(String($0).trimmed)?.number }
            return found.first { $0.arguments.map(\.number) == wanted }?.number
        }
    }

    /// The relation that a name means.
    private func relation(_ name: String, in schema: String?) -> CatalogRelation? {
        if let schema {
            return relation(
                RelationName(name, schema: schema == "pg_temp" ? path.temporary ?? schema : schema))
        }
        for schema in searchedSchemas(withImplicit: true) {
            if let found = relation(RelationName(name, schema: schema)) { return found }
        }
        return nil
    }

    private func typeNumber(_ text: String) -> Int64? {
        var name = text.trimmed
        if let known = CatalogType.named(name.lowercased()) { return known.number }
        for prefix in ["pg_catalog.", "information_schema."] where name.hasPrefix(prefix) {
            name.removeFirst(prefix.count)
        }
        let isArray = name.hasSuffix("[]")
        if isArray { name = String(name.dropLast(2)) }
        // A length or precision says nothing of which type it is.
        if let open = name.firstIndex(of: "("), let close = name.firstIndex(of: ")") {
            name = String(name[..<open]).trimmed + String(name[name.index(after: close)...])
        }
        let lower = name.lowercased()
        let plain =
            CatalogType.named(lower)
            ?? CatalogType.named(lower.replacing("\"", with: ""))
            ?? (try? TypeNames.resolve(lower)).flatMap { CatalogType.of($0) }
        guard let plain else {
            // A table's name is the name of the type of its rows.
            guard let parts = try? IdentifierText.parts(of: name), let last = parts.last else {
                return nil
            }
            let schema = parts.count > 1 ? parts[parts.count - 2] : nil
            let found = relation(last, in: schema).map { isArray ? $0.rowListType : $0.rowType }
            return found == 0 ? nil : found
        }
        if !isArray { return plain.number }
        return plain.arrayNumber == 0 ? nil : plain.arrayNumber
    }

    /// The name of an object as SQL writes it; nil when there is none of that number.
    package func name(of number: Int64, as type: SystemType) -> String? {
        switch type {
        case .regclass: relation(number).map { shownName($0) }
        case .regtype: CatalogType.numbered(number)?.shownName ?? rowType(number)
        case .regnamespace: schema(number).map { IdentifierText.quoted($0) }
        case .regrole: role(number).map { IdentifierText.quoted($0) }
        case .regcollation:
            Self.collations.first { $0.number == number }.map { IdentifierText.quoted($0.name) }
        case .regprocedure:
            functions.numbered(number).map {
                "\($0.name)(\($0.argumentNames.replacing(", ", with: ",")))"
            }
        default: functions.numbered(number)?.name
        }
    }

    /// The name of a relation, with its schema where the search path does not lead to it.
    func shownName(_ relation: CatalogRelation) -> String {
        isVisible(relation) ? IdentifierText.quoted(relation.name.name) : qualifiedName(relation)
    }

    /// The name of a relation with its schema.
    func qualifiedName(_ relation: CatalogRelation) -> String {
        IdentifierText.quoted(relation.name.schema) + "."
            + IdentifierText.quoted(relation.name.name)
    }

    private func isVisible(_ relation: CatalogRelation) -> Bool {
        self.relation(relation.name.name, in: nil)?.number == relation.number
    }

    /// Whether an object is found without its schema; nil when there is none.
    package func isVisible(_ number: Int64, _ kind: ObjectKind) -> Bool? {
        switch kind {
        case .relation: relation(number).map { isVisible($0) }
        case .type: name(of: number, as: .regtype).map { !$0.contains(".") }
        case .function: functions.numbered(number).map { _ in true }
        case .schema: schema(number).map { _ in true }
        case .collation: Self.collations.contains { $0.number == number } ? true : nil
        case .constraint: constraintsByNumber[number].map { _ in true }
        case .user: role(number).map { _ in true }
        case .database: number == ObjectNumbers.database ? true : nil
        }
    }

    /// Whether a relation has a column of that number; nil when there is no such relation.
    package func hasColumn(_ column: Int64, of number: Int64) -> Bool? {
        relation(number).map { column > 0 && column <= Int64(columns(of: $0).count) }
    }

    /// The table that is stored under a relation: of an index the one it is of.
    package func table(of number: Int64) -> TableID? {
        relation(number).flatMap { $0.table?.id }
    }

    /// The schemas of the search path that exist, with those that are searched unasked.
    package func searched(withImplicit: Bool) -> [String] {
        searchedSchemas(withImplicit: withImplicit)
    }

    /// The number of the schema of temporary tables; 0 when there is none.
    package var temporarySchema: Int64 { path.temporary.map { schema($0) } ?? 0 }

    /// PostgreSQL's collations that text has here: by bytes.
    static let collations: [(number: Int64, name: String)] = [
        (100, "default"), (950, "C"), (951, "POSIX"),
    ]
}

extension String {
    fileprivate var trimmed: String {
        var view = self[...]
        while view.first?.isWhitespace == true { view.removeFirst() }
        while view.last?.isWhitespace == true { view.removeLast() }
        return String(view)
    }
}

extension TypeNames {
    /// The type of a name without modifiers.
    fileprivate static func resolve(_ name: String) throws(DemetraError) -> LogicalType {
        try resolve(TypeName(name: name, range: .none))
    }
}
