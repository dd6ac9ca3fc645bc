import DemetraCatalog

/// Where names without a schema are looked for, and where new tables go.
package struct SearchPath: Sendable, Hashable {
    /// What stored queries are bound with: `public` alone.
    package static let standard = SearchPath(schemas: [RelationName.publicSchema])

    /// The schemas in which names are looked for, in this order.
    package let schemas: [String]
    /// The schema that new tables go to; nil when the path names none that exists.
    package let creation: String?
    /// The session's schema for temporary tables; nil outside of sessions.
    package let temporary: String?

    /// Makes a path.
    ///
    /// - Parameter schemas: those of `search_path` that exist. The one for temporary tables comes first unless it is
    ///   among them.
    package init(schemas: [String], temporary: String? = nil) {
        let listed = schemas.contains { $0 == temporary }
        self.schemas = (listed ? [] : [temporary].compactMap { $0 }) + schemas
        creation = schemas.first
        self.temporary = temporary
    }

    /// The path of a session that has no temporary tables.
    package var withoutTemporary: SearchPath {
        SearchPath(schemas: schemas.filter { $0 != temporary })
    }

    /// The path of what is stored, in a session that may have temporary tables.
    var stored: SearchPath {
        SearchPath(schemas: SearchPath.standard.schemas, temporary: temporary)
    }
}
