import DemetraFunctions
package import DemetraTypes

/// The settings of one session: what SET, SHOW and RESET reach.
///
/// Names and defaults are PostgreSQL's where it has them, because drivers set and ask them unasked.
package struct SessionSettings: Sendable, Equatable {
    private static let defaults: [String: String] = [
        "application_name": "",
        "backslash_quote": "safe_encoding",
        "block_size": "8192",
        "bytea_output": "hex",
        "check_function_bodies": "on",
        "client_encoding": "UTF8",
        "client_min_messages": "notice",
        "datestyle": "ISO, MDY",
        "default_tablespace": "",
        "default_text_search_config": "pg_catalog.simple",
        "default_transaction_deferrable": "off",
        "default_table_access_method": "heap",
        "default_transaction_isolation": "repeatable read",
        "default_transaction_read_only": "off",
        // A language model that RECOMMEND asks: see LanguageModelAccess.
        LanguageModelAccess.Setting.model: "",
        LanguageModelAccess.Setting.timeout: "10s",
        LanguageModelAccess.Setting.url: "",
        "escape_string_warning": "on",
        "extra_float_digits": "1",
        "idle_in_transaction_session_timeout": "0",
        "idle_session_timeout": "0",
        "in_hot_standby": "off",
        "integer_datetimes": "on",
        "intervalstyle": "postgres",
        "is_superuser": "off",
        "jit": "off",
        "lc_collate": "C",
        "lc_ctype": "C.UTF-8",
        "lc_messages": "C",
        "lc_monetary": "C",
        "lc_numeric": "C",
        "lc_time": "C",
        "lock_timeout": "0",
        "max_identifier_length": "63",
        "max_index_keys": "32",
        // The database's own; the session asks it.
        "memory_limit": "4GB",
        "role": "none",
        "row_security": "on",
        "search_path": "\"$user\", public",
        "server_encoding": "UTF8",
        "server_version": SessionSettings.serverVersion,
        "server_version_num": "150000",
        "session_authorization": "demetra",
        "standard_conforming_strings": "on",
        "statement_timeout": "0",
        "synchronous_commit": "on",
        "timezone": "UTC",
        "transaction_deferrable": "off",
        "transaction_isolation": "repeatable read",
        "transaction_read_only": "off",
        "xmloption": "content",
    ]

    private static let readOnly: Set<String> = [
        "block_size", "default_table_access_method", "in_hot_standby", "integer_datetimes",
        "is_superuser", "lc_collate", "lc_ctype",
        "max_identifier_length", "max_index_keys", "server_encoding", "server_version",
        "server_version_num",
    ]

    /// The spelling that PostgreSQL gives a name.
    static func shownName(_ name: String) -> String {
        switch name {
        case "timezone": "TimeZone"
        case "datestyle": "DateStyle"
        case "intervalstyle": "IntervalStyle"
        default: name
        }
    }

    /// Whether no session can change a setting.
    static func isReadOnly(_ name: String) -> Bool { readOnly.contains(name) }

    /// What RESET gives a setting.
    static func standard(_ name: String) -> String { defaults[name] ?? "" }

    /// The PostgreSQL version whose behaviour clients may expect.
    package static let serverVersion = "15.0 (Demetra 0.1)"

    /// What RESET gives where it is not the default: the role's own settings.
    private var standards: [String: String] = [:]
    /// Settings that say who the session is: RESET ALL leaves them.
    private static let identity: Set<String> = ["role", "session_authorization"]
    private var values: [String: String] = [:] {
        didSet { planSettings = Self.planSettings(values) }
    }

    /// Those that the plan of a statement depends on.
    private(set) var planSettings = SessionSettings.planSettings([:])

    private static func planSettings(_ values: [String: String]) -> PlanSettings {
        func value(_ name: String) -> String { values[name] ?? standard(name) }
        return PlanSettings(
            searchPath: value("search_path"), timeZone: value("timezone"),
            role: values["role"].flatMap { $0 == "none" ? nil : $0 },
            authorization: values["session_authorization"])
    }

    /// All settings at their defaults.
    package init() {}

    /// Every name, for suggestions and SHOW ALL.
    package static var names: [String] { defaults.keys.sorted() }

    /// The value of a setting.
    ///
    /// - Throws: 42704 for a name that does not exist.
    package func value(_ name: String) throws(DemetraError) -> String {
        let name = name.lowercased()
        if let value = values[name] ?? Self.defaults[name] { return value }
        throw Self.unknown(name)
    }

    /// Changes a setting; nil sets the default.
    ///
    /// - Throws: 42704 for a name that does not exist, 55P02 for one that cannot change.
    package mutating func set(_ name: String, _ value: String?) throws(DemetraError) {
        let name = name.lowercased()
        // Names with a dot are free for applications, as in PostgreSQL.
        guard Self.defaults[name] != nil || name.contains(".") else { throw Self.unknown(name) }
        guard !Self.readOnly.contains(name) else {
            throw DemetraError(
                .cantChangeRuntimeParameter, "parameter \"\(name)\" cannot be changed")
        }
        // A setting of an application that was once given is empty by default, as in PostgreSQL.
        values[name] =
            try value.map { value throws(DemetraError) in
                try SettingValue.normalised(value, of: name)
            } ?? standards[name] ?? (Self.defaults[name] == nil ? "" : nil)
    }

    /// Whether a setting says who the session is.
    static func identifies(_ name: String) -> Bool { identity.contains(name) }

    /// Makes the value that a setting has now the one that RESET gives.
    mutating func makeStandard(_ name: String) {
        let name = name.lowercased()
        standards[name] = values[name]
    }

    /// What a setting was set to; nil when it has its default.
    func given(_ name: String) -> String? { values[name] }

    /// Sets what `given` gave.
    mutating func restore(_ name: String, _ value: String?) {
        values[name] = value ?? (Self.defaults[name] == nil ? "" : nil)
    }

    /// Whether a Boolean setting is on.
    func isOn(_ name: String) -> Bool {
        Self.isOn(values[name] ?? Self.defaults[name] ?? "off")
    }

    /// Whether a text means true, as PostgreSQL reads settings.
    static func isOn(_ text: String) -> Bool {
        ["on", "true", "yes", "1"].contains(text.lowercased())
    }

    /// Whether clients are told messages of a severity.
    package func shows(_ severity: Notice.Severity) -> Bool {
        switch values["client_min_messages"] {
        case "error": false
        case "warning": severity == .warning
        default: true
        }
    }

    /// Puts every setting back to its default.
    ///
    /// - Parameter withRole: also who the session is.
    package mutating func reset(withRole: Bool) {
        let kept = withRole ? [:] : values.filter { Self.identity.contains($0.key) }
        values = standards.merging(kept) { $1 }
    }

    /// The longest a statement may run, in milliseconds; 0 for no limit.
    package var statementTimeoutMilliseconds: Int { milliseconds("statement_timeout") }

    /// The longest a client may be silent within a transaction, in milliseconds; 0 for no limit.
    package var idleInTransactionMilliseconds: Int {
        milliseconds("idle_in_transaction_session_timeout")
    }

    /// The longest a client may be silent outside of a transaction, in milliseconds; 0 for no limit.
    package var idleMilliseconds: Int { milliseconds("idle_session_timeout") }

    private func milliseconds(_ name: String) -> Int {
        values[name].map { SettingValue.milliseconds($0) } ?? 0
    }

    /// The values of SET as one text: names in a list of schemas are quoted where they have to be.
    static func text(of values: [String], for name: String) -> String {
        guard name.lowercased() == "search_path" else { return values.joined(separator: ", ") }
        return values.map { IdentifierList.quoted($0) }.joined(separator: ", ")
    }

    private static func unknown(_ name: String) -> DemetraError {
        let nearest = NearestName.find(name, among: defaults.keys)
        return DemetraError(
            .undefinedObject, "unrecognized configuration parameter \"\(name)\"",
            hint: nearest.map { "Perhaps you meant \"\($0)\"." })
    }
}
