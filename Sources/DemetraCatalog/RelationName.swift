/// What a table, view or sequence is called: its schema, and its name in that.
package struct RelationName: Sendable, Hashable, Comparable, ExpressibleByStringLiteral {
    /// The schema that every database has, and that is meant where none is named.
    package static let publicSchema = "public"
    /// What the names of schemas for temporary tables begin with; each session has one of its own.
    package static let temporaryPrefix = "pg_temp_"

    /// The schema.
    package let schema: String
    /// The name in it.
    package let name: String

    /// Names something in a schema, without more in `public`.
    package init(_ name: String, schema: String = RelationName.publicSchema) {
        self.schema = schema
        self.name = name
    }

    /// Something in `public`.
    package init(stringLiteral name: String) { self.init(name) }

    /// By schema, then by name.
    package static func < (left: RelationName, right: RelationName) -> Bool {
        (left.schema, left.name) < (right.schema, right.name)
    }

    /// Whether it goes with its session.
    package var isTemporary: Bool { schema.hasPrefix(Self.temporaryPrefix) }

    /// The name as people write it: with the schema unless that is `public`.
    package var text: String { schema == Self.publicSchema ? name : schema + "." + name }

    /// The name as it stands in SQL whatever the search path is.
    package var quoted: String { Self.quoted(schema) + "." + Self.quoted(name) }

    /// An identifier as it stands in SQL.
    package static func quoted(_ name: String) -> String {
        "\""
            + name.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }
}
