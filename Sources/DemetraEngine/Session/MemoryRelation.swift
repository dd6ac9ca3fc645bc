package import DemetraFunctions
package import DemetraStorage
import DemetraTypes
import DemetraVectors

/// `demetra_memory`: what the parts of a database use of the memory allowed, at the moment of the query.
package enum MemoryRelation {
    private static let schema = Schema([
        Field(name: "part", type: .text), Field(name: "used_bytes", type: .bigint),
        Field(name: "limit_bytes", type: .bigint),
    ])

    /// The relation of one database.
    package static func function(_ store: Store) -> TableFunction {
        TableFunction("demetra_memory", usage: "", modelInput: .all) { _ in
            BoundTableFunction(schema: schema) { _, _ in
                let parts = store.memoryParts
                return [
                    Batch(
                        [
                            Vector(parts.map { .text($0.name) }, type: .text),
                            Vector(parts.map { .integer(Int64($0.usedBytes)) }, type: .bigint),
                            Vector(
                                parts.map { $0.limitBytes.map { .integer(Int64($0)) } ?? .null },
                                type: .bigint),
                        ], count: parts.count)
                ]
            }
        }
    }
}
