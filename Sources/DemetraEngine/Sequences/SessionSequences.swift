import DemetraCatalog
import DemetraFunctions
import DemetraPlanner
import DemetraStorage
import DemetraTypes
import Synchronization

/// The sequences as one session uses them.
///
/// A sequence that others can see moves for all at once and for good, as in PostgreSQL: numbers are not given back by
/// ROLLBACK. One that the open transaction has made moves with the transaction.
struct SessionSequences: SequenceSource {
    private unowned let session: Session

    init(_ session: Session) { self.session = session }

    func next(_ name: String, count: Int) throws(DemetraError) -> [Int64] {
        guard count > 0 else { return [] }
        let snapshot = session.snapshot
        if let numbers = try session.nextPending(name, count: count) { return numbers }
        let sequence = try sequence(name, in: snapshot.catalog)
        try require([.usage, .update], on: sequence, snapshot.catalog)
        try session.refuseWriting("nextval()")
        let numbers: [Int64]
        if session.isOwn(sequence) {
            let (given, position) = sequence.numbers(count, after: snapshot.position(of: sequence))
            guard given.count == count else { throw sequence.exhausted }
            try move(sequence, to: position, snapshot)
            numbers = given
        } else {
            numbers = try session.engine.sequences.next(sequence, count: count)
        }
        if let last = numbers.last {
            session.sequenceValues.withLock { $0.note(last, of: sequence.id) }
        }
        return numbers
    }

    func current(_ name: String) throws(DemetraError) -> Int64 {
        let catalog = session.snapshot.catalog
        let sequence = try sequence(name, in: catalog)
        try require([.usage, .select], on: sequence, catalog)
        if let value = session.sequenceValues.withLock({ $0.values[sequence.id] }) {
            return value
        }
        throw DemetraError(
            .objectNotInPrerequisiteState,
            "currval of sequence \"\(sequence.name)\" is not yet defined in this session",
            hint: "Call nextval first.")
    }

    func last() throws(DemetraError) -> Int64 {
        let catalog = session.snapshot.catalog
        let value = session.sequenceValues.withLock { values -> Int64? in
            guard let id = values.last, catalog.sequence(id: id) != nil else { return nil }
            return values.values[id]
        }
        if let value { return value }
        throw DemetraError(
            .objectNotInPrerequisiteState, "lastval is not yet defined in this session",
            hint: "Call nextval first.")
    }

    func set(_ name: String, to value: Int64, isGiven: Bool) throws(DemetraError) {
        let snapshot = session.snapshot
        let sequence = try sequence(name, in: snapshot.catalog)
        try require([.update], on: sequence, snapshot.catalog)
        try session.refuseWriting("setval()")
        guard (sequence.minimum...sequence.maximum).contains(value) else {
            throw DemetraError(
                .numericValueOutOfRange,
                "setval: value \(value) is out of bounds for sequence \"\(sequence.name)\" "
                    + "(\(sequence.minimum)..\(sequence.maximum))")
        }
        let position = SequencePosition(value, isGiven: isGiven)
        if session.isOwn(sequence) {
            try move(sequence, to: position, snapshot)
        } else {
            try session.engine.sequences.set(sequence, to: position)
        }
        if isGiven { session.sequenceValues.withLock { $0.set(value, of: sequence.id) } }
    }

    func sequence(ofColumn column: String, table: String) throws(DemetraError) -> String? {
        let catalog = session.snapshot.catalog
        let names = IdentifierList.parts(of: table)
        let relation = session.relationName(names.joined(separator: "."), in: catalog)
        guard let definition = catalog.tables[relation] else {
            throw DemetraError(.undefinedTable, "relation \"\(table)\" does not exist")
        }
        guard let position = definition.columnIndex(column) else {
            throw DemetraError(
                .undefinedColumn,
                "column \"\(column)\" of relation \"\(definition.name)\" does not exist")
        }
        let owner = SequenceDefinition.Owner(
            table: definition.id, column: definition.columns[position].id)
        return catalog.sequences.values.first { $0.owner == owner }.map { sequence in
            IdentifierList.quoted(sequence.schemaName) + "." + IdentifierList.quoted(sequence.name)
        }
    }

    /// - Throws: 42501 when the session's role has none of these privileges. The sequence of a column gives numbers to all
    ///   who may insert rows.
    private func require(
        _ anyOf: [Privileges], on sequence: SequenceDefinition, _ catalog: Catalog
    ) throws(DemetraError) {
        guard let rights = session.authority(catalog).rights else { return }
        if let owner = sequence.owner.flatMap({ catalog.table(id: $0.table) }),
            rights.allows(.insert, owner.access), anyOf.contains(.usage)
        {
            return
        }
        var refusal: DemetraError?
        for privilege in anyOf {
            let error = Binder.denial(
                rights, privilege, sequence.access, .sequence, sequence.qualifiedName, catalog)
            guard let error else { return }
            refusal = refusal ?? error
        }
        if let refusal { throw refusal }
    }

    private func move(
        _ sequence: SequenceDefinition, to position: SequencePosition, _ snapshot: Snapshot
    ) throws(DemetraError) {
        var write = WriteTransaction(snapshot: snapshot)
        write.move(sequence.id, to: position)
        try session.commit(write)
    }

    /// The sequence of a name as SQL writes it.
    private func sequence(
        _ text: String, in catalog: Catalog
    ) throws(DemetraError) -> SequenceDefinition {
        let parts = IdentifierList.parts(of: text)
        let name: RelationName
        if parts.count > 1 {
            let schema = parts[parts.count - 2]
            name = RelationName(
                parts[parts.count - 1],
                schema: schema == "pg_temp" ? session.temporarySchema : schema)
        } else {
            let path = session.searchPath(catalog).schemas
            let candidates = path.map { RelationName(parts.first ?? text, schema: $0) }
            name = candidates.first { catalog.hasRelation($0) } ?? RelationName(text)
        }
        if let sequence = catalog.sequences[name] { return sequence }
        if catalog.hasRelation(name) {
            throw DemetraError(.wrongObjectType, "\"\(name.name)\" is not a sequence")
        }
        let known = catalog.sequences.keys.map(\.text)
        throw DemetraError(
            .undefinedTable, "relation \"\(text)\" does not exist",
            hint: NearestName.find(text, among: known).map { "Perhaps you meant \"\($0)\"." })
    }
}

/// The numbers that a session has got.
struct SequenceValues: Sendable {
    /// Of each sequence the last one.
    private(set) var values: [TableID: Int64] = [:]
    /// The sequence that gave the last of all.
    private(set) var last: TableID?

    mutating func note(_ value: Int64, of sequence: TableID) {
        values[sequence] = value
        last = sequence
    }

    /// A number that was set, not got.
    mutating func set(_ value: Int64, of sequence: TableID) { values[sequence] = value }
}

/// A sequence that is made by the statement which already wants its numbers: ALTER TABLE ... ADD COLUMN id serial.
struct PendingSequence: Sendable {
    let definition: SequenceDefinition
    var position: SequencePosition
}

extension Session {
    /// The next numbers of a sequence that the statement at hand makes; nil for any other.
    func nextPending(_ name: String, count: Int) throws(DemetraError) -> [Int64]? {
        let numbers = pendingSequences.withLock { pending -> (SequenceDefinition, [Int64])? in
            guard var sequence = pending[name] else { return nil }
            let given = sequence.definition.numbers(count, after: sequence.position)
            sequence.position = given.position
            pending[name] = sequence
            return (sequence.definition, given.numbers)
        }
        guard let (sequence, given) = numbers else { return nil }
        guard given.count == count else { throw sequence.exhausted }
        return given
    }
}
