package import DemetraCatalog
package import DemetraTypes

/// What the rows of the system catalog need to know besides the catalog: the session, and the rows of tables.
package protocol SessionFacts: Sendable {
    /// Every setting, by name.
    var settings: [SettingFacts] { get }

    /// The sessions that there are to see, the asking one first.
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
    /// The name of its application.
    package let application: String
    /// The text of its statement.
    package let query: String
    /// When the statement and its transaction began.
    package let statementTime, transactionTime: Timestamp

    /// Makes the facts of a session.
    package init(
        number: Int64, application: String, query: String, statementTime: Timestamp,
        transactionTime: Timestamp
    ) {
        self.number = number
        self.application = application
        self.query = query
        self.statementTime = statementTime
        self.transactionTime = transactionTime
    }
}
