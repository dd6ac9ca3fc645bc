/// What a role may do with an object.
///
/// - Source: PostgreSQL 15 documentation, section 5.7 "Privileges".
package struct Privileges: OptionSet, Sendable, Hashable {
    /// A bit for each.
    package let rawValue: UInt16

    /// Makes a set of bits.
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Reading rows, or using a metric or a model.
    package static let select = Privileges(rawValue: 1 << 0)
    package static let insert = Privileges(rawValue: 1 << 1)
    package static let update = Privileges(rawValue: 1 << 2)
    package static let delete = Privileges(rawValue: 1 << 3)
    package static let truncate = Privileges(rawValue: 1 << 4)
    /// Foreign keys that refer to a table.
    package static let references = Privileges(rawValue: 1 << 5)
    /// Kept for statements of PostgreSQL; there are no triggers.
    package static let trigger = Privileges(rawValue: 1 << 6)
    /// Naming what is in a schema, or taking numbers of a sequence.
    package static let usage = Privileges(rawValue: 1 << 7)
    /// Making something in a schema, or a schema.
    package static let create = Privileges(rawValue: 1 << 8)
    /// Logging in.
    package static let connect = Privileges(rawValue: 1 << 9)
    /// Making temporary tables.
    package static let temporary = Privileges(rawValue: 1 << 10)

    /// Each with its word and its letter in PostgreSQL's lists, in the order of those lists.
    private static let names: [(privilege: Privileges, word: String, letter: Character)] = [
        (.insert, "INSERT", "a"), (.select, "SELECT", "r"), (.update, "UPDATE", "w"),
        (.delete, "DELETE", "d"), (.truncate, "TRUNCATE", "D"), (.references, "REFERENCES", "x"),
        (.trigger, "TRIGGER", "t"), (.usage, "USAGE", "U"), (.create, "CREATE", "C"),
        (.connect, "CONNECT", "c"), (.temporary, "TEMPORARY", "T"),
    ]

    /// The privilege that a word of GRANT names, in any case; nil for another word.
    package init?(word: String) {
        let upper = word.uppercased()
        let name = upper == "TEMP" ? "TEMPORARY" : upper
        guard let found = Self.names.first(where: { $0.word == name }) else { return nil }
        self = found.privilege
    }

    /// Each privilege by itself.
    package var each: [Privileges] { Self.names.map(\.privilege).filter { contains($0) } }

    /// The words, as GRANT has them.
    package var words: [String] {
        Self.names.filter { contains($0.privilege) }.map(\.word)
    }

    /// The letters of a list of access; those in `grantable` with a star.
    func letters(grantable: Privileges) -> String {
        Self.names.filter { contains($0.privilege) }
            .map { String($0.letter) + (grantable.contains($0.privilege) ? "*" : "") }.joined()
    }
}

/// The kinds of objects that can be granted.
package enum SecuredKind: UInt8, Sendable, Hashable, CaseIterable {
    case table = 1
    case view, sequence, schema, metric, alert, model, database

    /// What errors call it.
    package var noun: String {
        switch self {
        case .table: "table"
        case .view: "view"
        case .sequence: "sequence"
        case .schema: "schema"
        case .metric: "metric"
        case .alert: "alert"
        case .model: "model"
        case .database: "database"
        }
    }

    /// What there is to grant.
    package var privileges: Privileges {
        switch self {
        case .table, .view:
            [.select, .insert, .update, .delete, .truncate, .references, .trigger]
        case .sequence: [.select, .update, .usage]
        case .schema: [.usage, .create]
        case .metric, .model: [.select]
        case .alert: [.select, .update]
        case .database: [.create, .connect, .temporary]
        }
    }
}
