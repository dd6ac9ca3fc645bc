import DemetraPlanner
import DemetraTypes
import DemetraVectors
import Synchronization

/// The relations of one version of the system catalog as batches, made when they are first asked for.
final class SystemRows: Sendable {
    let catalog: SystemCatalog
    // Guarded by itself: relation by relation, those that follow from the catalog alone.
    private let made = Mutex<[String: [Batch]]>([:])

    init(_ catalog: SystemCatalog) { self.catalog = catalog }

    /// The rows of a relation.
    func batches(of name: String, _ facts: any SessionFacts) -> [Batch] {
        if let known = made.withLock({ $0[name] }) { return known }
        guard let (schema, rows) = catalog.rows(of: name, facts) else { return [] }
        let batches = stride(from: 0, to: rows.count, by: Batch.capacity).map { start in
            let part = rows[start..<min(start + Batch.capacity, rows.count)]
            return Batch(
                schema.fields.enumerated().map { index, field in
                    Vector(part.map { $0[index] }, type: field.type)
                }, count: part.count)
        }
        if catalog.isLasting(name) { made.withLock { $0[name] = batches } }
        return batches
    }
}
