import Demetra

/// The names by which clients may call the only database of a server.
struct DatabaseNames: Sendable {
    /// The name of its folder, without an ending.
    let own: String
    /// Names that clients use when they are told none: those of tools, and of this product.
    private static let usual: Set<String> = ["demetra", "postgres", "db"]

    init(_ database: Database) {
        own = database.name
        folder = database.path.split(separator: "/").last.map(String.init) ?? database.name
    }

    private let folder: String

    /// Whether a client means this database; without a name it gives its own.
    func accept(_ name: String, user: String) -> Bool {
        name == own || name == folder || name == user || Self.usual.contains(name)
    }
}
