import DemetraCatalog
import DemetraFunctions
import DemetraPlanner
import DemetraSQL
import DemetraStorage
import DemetraTypes
import DemetraVectors
import Synchronization

/// The system catalog as one statement of a session asks it: objects as of its snapshot, and what the session
/// knows of itself.
final class SessionDirectory: ObjectDirectory, SessionFacts {
    let session: Session
    let snapshot: Snapshot
    private let found = Mutex<SystemRows?>(nil)
    /// The rows of relations that only hold for the statement.
    private let made = Mutex<[String: [Batch]]>([:])

    init(session: Session, snapshot: Snapshot) {
        self.session = session
        self.snapshot = snapshot
    }

    /// The objects; made when they are first asked for.
    private var rows: SystemRows {
        if let known = found.withLock({ $0 }) { return known }
        let rows = session.systemRows(of: snapshot)
        found.withLock { $0 = rows }
        return rows
    }

    private var objects: SystemCatalog { rows.catalog }

    var currentSchema: String? { session.searchPath(snapshot.catalog).creation }

    // MARK: Objects

    func batches(of relation: String) -> [Batch] {
        if let known = made.withLock({ $0[relation] }) { return known }
        let batches = rows.batches(of: relation, self)
        made.withLock { $0[relation] = batches }
        return batches
    }

    func number(of name: String, as type: SystemType) -> Int64? {
        objects.number(of: name, as: type)
    }

    func name(of number: Int64, as type: SystemType) -> String? {
        objects.name(of: number, as: type)
    }

    func isVisible(_ number: Int64, _ kind: ObjectKind) -> Bool? {
        objects.isVisible(number, kind)
    }

    func comment(on number: Int64, in relation: String?, column: Int64) -> String? {
        objects.comment(on: number, in: relation, column: column)
    }

    func definition(of number: Int64, _ definition: ObjectDefinition) -> String? {
        objects.definition(of: number, definition)
    }

    func hasColumn(_ column: Int64, of relation: Int64) -> Bool? {
        objects.hasColumn(column, of: relation)
    }

    func searchedSchemas(withImplicit: Bool) -> [String] {
        objects.searched(withImplicit: withImplicit)
    }

    var temporarySchema: Int64 { objects.temporarySchema }

    // MARK: Roles

    var currentUser: String { session.authority(snapshot.catalog).user }

    var sessionUser: String { session.sessionUser }

    func allows(
        _ privileges: String, on number: Int64, _ type: SystemType?, role: Value?
    ) throws(DemetraError) -> Bool? {
        try objects.allows(privileges, on: number, type, role: role)
    }

    // MARK: Sizes

    func rowCount(of table: TableID) -> Int64 { Int64(snapshot.table(table)?.rowCount ?? 0) }

    func byteCount(of table: TableID) -> Int64 {
        let segments = snapshot.table(table)?.segments ?? []
        return segments.reduce(0) { $0 + Int64($1.byteCount ?? 0) }
    }

    /// Only tables take bytes: keys and indexes lie with them, and a view is a text.
    func byteCount(of relation: Int64) -> Int64? {
        guard objects.isVisible(relation, .relation) != nil else { return nil }
        return objects.table(of: relation).map { byteCount(of: $0) } ?? 0
    }

    var databaseByteCount: Int64 {
        snapshot.catalog.tables.values.reduce(0) { $0 + byteCount(of: $1.id) }
    }

    func lastNumber(of sequence: SequenceDefinition) -> Int64? {
        let position = snapshot.position(of: sequence)
        return position.isGiven ? position.value : nil
    }

    // MARK: The session

    var sessions: [SessionActivity] { session.engine.sessions.all.map(activity) }

    func notify(_ channel: String, _ payload: String) throws(DemetraError) {
        try session.perform(.notify(channel, payload: payload))
    }

    var sessionNumber: Int64 { Int64(session.number) }

    var settings: [SettingFacts] {
        SessionSettings.names.map { name in
            SettingFacts(
                name: SessionSettings.shownName(name), value: (try? session.setting(name)) ?? "",
                standard: SessionSettings.standard(name),
                isReadOnly: SessionSettings.isReadOnly(name))
        }
    }

    var keywords: [(word: String, kind: String)] {
        Keyword.allCases.map { keyword in
            let kind =
                switch keyword.keywordClass {
                case .reserved: "R"
                case .typeFunction: "T"
                case .columnName: "C"
                case .unreserved: "U"
                }
            return (keyword.text, kind)
        }
    }

    func completions(of text: String, at cursor: Int) -> [CompletionCandidate] {
        let found = session.completions(of: text, at: cursor)
        let bytes = Int(found.range.lower)..<Int(found.range.upper)
        if let prefix = found.filePrefix {
            return [CompletionCandidate(text: prefix, kind: "file", bytes: bytes)]
        }
        return found.items.map { item in
            CompletionCandidate(text: item.text, kind: item.kind.rawValue, bytes: bytes)
        }
    }
}

extension Session {
    /// The system catalog of a snapshot, kept from one statement to the next while nothing changes.
    ///
    /// Sessions share it as long as none of them has temporary tables.
    func systemRows(of snapshot: Snapshot) -> SystemRows {
        let catalog = snapshot.catalog
        let own = searchPath(catalog)
        let user = authority(catalog)
        let hasTemporary = catalog.hasTemporaryRelations
        let path = hasTemporary ? own : own.withoutTemporary
        func known(_ place: borrowing Mutex<SystemRows?>) -> SystemRows? {
            guard let found = place.withLock({ $0 }),
                found.catalog.shows(catalog, path, to: user, as: origin.database)
            else {
                return nil
            }
            return found
        }
        if let found = known(knownCatalog) { return found }
        let shared = hasTemporary ? nil : known(engine.knownCatalog)
        let found =
            shared
            ?? SystemRows(
                SystemCatalog(
                    catalog: catalog, path: path, registry: engine.functions, user: user,
                    databaseName: origin.database))
        knownCatalog.withLock { $0 = found }
        if !hasTemporary { engine.knownCatalog.withLock { $0 = found } }
        return found
    }
}
