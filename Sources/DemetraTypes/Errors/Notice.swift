/// A message for the user that is no error.
public struct Notice: Sendable, Hashable {
    /// How much attention it asks for.
    public enum Severity: String, Sendable {
        /// Worth knowing.
        case notice = "NOTICE"
        /// Probably not what was meant.
        case warning = "WARNING"
    }

    /// The severity.
    public let severity: Severity
    /// The message, in the form of an error's.
    public let message: String
    /// What to do, if anything.
    public let hint: String?
    /// What kind of notice it is, where clients may want to know.
    public let sqlState: SQLState?

    /// Makes a notice.
    public init(
        _ message: String, severity: Severity = .notice, hint: String? = nil,
        sqlState: SQLState? = nil
    ) {
        self.severity = severity
        self.message = message
        self.hint = hint
        self.sqlState = sqlState
    }
}
