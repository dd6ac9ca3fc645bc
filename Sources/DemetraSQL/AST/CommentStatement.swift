/// COMMENT ON.
package struct CommentStatement: Sendable, Hashable {
    /// What it is about.
    package enum Kind: Sendable, Hashable {
        case table
        case view
        case column
        case schema
        case sequence
        case metric
        case index
        /// A constraint, by its name, of the table.
        case constraint(Identifier)
    }

    /// What it is about.
    package let kind: Kind
    /// Its name; of a column the table's and the column's.
    package let name: ObjectName
    /// The words; nil takes them away.
    package let text: String?

    /// Makes a COMMENT.
    package init(kind: Kind, name: ObjectName, text: String?) {
        self.kind = kind
        self.name = name
        self.text = text
    }
}
