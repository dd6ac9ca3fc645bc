package import DemetraCatalog
package import DemetraTypes

/// What the rows of the system catalog need to know besides the catalog: the session, and the rows of tables.
package protocol SessionFacts: Sendable {
    /// Every setting, by name.
    var settings: [SettingFacts] { get }

    /// The open sessions, oldest first.
    var sessions: [SessionActivity] { get }

    /// Visible rows of a table.
    func rowCount(of table: TableID) -> Int64

    /// Bytes that a table takes.
    func byteCount(of table: TableID) -> Int64

    /// The number that a sequence has given last; nil when it has given none.
    func lastNumber(of sequence: SequenceDefinition) -> Int64?
}

/// A setting as `pg_settings` tells of it.
package struct SettingFacts: Sendable {
    /// The name.
    package let name: String
    /// The value in the session, and the one that RESET gives.
    package let value, standard: String
    /// No session can change it.
    package let isReadOnly: Bool

    /// Makes the facts of a setting.
    package init(name: String, value: String, standard: String, isReadOnly: Bool) {
        self.name = name
        self.value = value
        self.standard = standard
        self.isReadOnly = isReadOnly
    }
}

/// A session as `pg_stat_activity` tells of it.
package struct SessionActivity: Sendable {
    /// The number it goes by.
    package let number: Int64
    /// Who has logged in, to a database called so.
    package let user, database: String
    /// The name of its application.
    package let application: String
    /// Where the client is; nil for the program that has opened the database.
    package let address: String?
    /// `active`, `idle`, `idle in transaction` or `idle in transaction (aborted)`.
    package let state: String
    /// The text of the statement that runs or ran last, or what stands for it where it is not to be seen.
    package let query: String
    /// Whether the one who asks may see what the session does.
    package let isShown: Bool
    /// When it was opened, and when it last began or ended a statement.
    package let connectedAt, changedAt: Timestamp
    /// When the statement and the open transaction began.
    package let statementTime, transactionTime: Timestamp?

    /// Makes the facts of a session.
    package init(
        number: Int64, user: String, database: String, application: String, address: String?,
        state: String, query: String, isShown: Bool, connectedAt: Timestamp, changedAt: Timestamp,
        statementTime: Timestamp?, transactionTime: Timestamp?
    ) {
        self.number = number
        self.user = user
        self.database = database
        self.application = application
        self.address = address
        self.state = state
        self.query = query
        self.isShown = isShown
        self.connectedAt = connectedAt
        self.changedAt = changedAt
        self.statementTime = statementTime
        self.transactionTime = transactionTime
    }
}
