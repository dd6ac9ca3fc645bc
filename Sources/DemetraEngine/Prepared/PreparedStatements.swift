import DemetraPlanner
import DemetraSQL
import DemetraTypes
import Synchronization

/// A statement with a name: of PREPARE, or of a client that speaks the extended protocol.
struct PreparedStatement: Sendable {
    /// Nil for an empty text.
    let statement: ParsedStatement?
    /// The text that the statement's ranges point into.
    let text: String
    /// Types that PREPARE declared, as many as it did.
    let types: [TypeName]
    /// The highest `$n`, or the number of types if that is more.
    let parameterCount: Int
    /// What a client was told of it; nil after PREPARE.
    var description: DescribedStatement?
}

/// The prepared statements of one session.
final class PreparedStatements: Sendable {
    private let known = Mutex<[String: PreparedStatement]>([:])

    /// - Throws: 42P05 when the name is taken.
    func add(_ prepared: PreparedStatement, as name: Identifier) throws(DemetraError) {
        let isAdded = known.withLock { known in
            guard known[name.name] == nil else { return false }
            known[name.name] = prepared
            return true
        }
        guard isAdded else {
            throw DemetraError(
                .duplicatePreparedStatement,
                "prepared statement \"\(name.name)\" already exists",
                hint: "DEALLOCATE it first, or use another name."
            ).at(name.range)
        }
    }

    /// - Throws: 26000 when there is none of that name.
    func statement(_ name: Identifier) throws(DemetraError) -> PreparedStatement {
        guard let prepared = known.withLock({ $0[name.name] }) else { throw missing(name) }
        return prepared
    }

    /// What a client was told of a statement; nil when there is none, or it is one of PREPARE.
    func description(_ name: String) -> DescribedStatement? {
        known.withLock { $0[name]?.description }
    }

    /// Forgets one, or all without a name.
    ///
    /// - Throws: 26000 when there is none of that name.
    func remove(_ name: Identifier?) throws(DemetraError) {
        guard let name else { return known.withLock { $0.removeAll() } }
        guard known.withLock({ $0.removeValue(forKey: name.name) }) != nil else {
            throw missing(name)
        }
    }

    private func missing(_ name: Identifier) -> DemetraError {
        let names = known.withLock { Array($0.keys) }
        return DemetraError(
            .invalidStatementName, "prepared statement \"\(name.name)\" does not exist",
            hint: NearestName.find(name.name, among: names).map { "Perhaps you meant \"\($0)\"." }
        ).at(name.range)
    }
}
