package import DemetraCatalog
package import DemetraTypes
package import DemetraVectors

/// Errors of foreign keys, for those who find them before a commit does.
package enum TableReferences {
    /// 23503 for a key that rows of another table refer to.
    ///
    /// - Parameters:
    ///   - values: values of the key's columns.
    ///   - row: the one that is referred to.
    package static func stillReferenced(
        _ key: ForeignKeyDefinition, from referring: TableDefinition, to target: TableDefinition,
        _ values: [Vector], _ row: Int
    ) -> DemetraError {
        ReferenceCheck.stillReferenced(key, referring, target, values, row)
    }
}
