import DemetraFunctions
package import DemetraTypes
import DemetraVectors
import Synchronization

extension Session {
    private static let memoryLimit = "memory_limit"

    /// The value of a setting; those of the transaction are its own.
    ///
    /// - Throws: 42704 for a name that does not exist.
    package func setting(_ name: String) throws(DemetraError) -> String {
        if name.lowercased() == Self.memoryLimit {
            return MemorySize.text(engine.budget.limitBytes)
        }
        switch name.lowercased() {
        case "is_superuser": return isSuperuserByName ? "on" : "off"
        case Self.authorizationSetting: return sessionUser
        default: break
        }
        let settings = state.settings.withLock { $0 }
        let open = transaction.withLock { $0.map { ($0.isolation, $0.isReadOnly) } }
        switch (name.lowercased(), open) {
        case ("transaction_isolation", .some(let (isolation, _))): return isolation
        case ("transaction_isolation", nil):
            return try settings.value("default_transaction_isolation")
        case ("transaction_read_only", .some(let (_, isReadOnly))): return isReadOnly ? "on" : "off"
        case ("transaction_read_only", nil):
            return try settings.value("default_transaction_read_only")
        default: return try settings.value(name)
        }
    }

    /// Changes a setting; nil sets its default. A transaction that is rolled back takes the change back.
    ///
    /// `memory_limit` belongs to the database and holds for all its sessions, whatever becomes of the transaction. What
    /// `demetra.llm_url` names is sent data and may be a program of this machine that nobody else reaches: only superusers
    /// say which.
    ///
    /// - Throws: 42704 for a name that does not exist, 22023 for a value it cannot have, 42501 for one that the user or the
    ///   operator does not allow.
    package func set(_ name: String, _ value: String?) throws(DemetraError) {
        try change(name, value)
        transaction.withLock { $0?.localSettings[name.lowercased()] = nil }
    }

    /// SET LOCAL: until the end of the transaction.
    func setLocally(
        _ name: String, _ value: String?, _ output: (any StatementOutput)?
    ) throws(DemetraError) {
        guard transaction.withLock({ $0 != nil }) else {
            output?.notice(
                Notice(
                    "SET LOCAL can only be used in transaction blocks", severity: .warning,
                    sqlState: .noActiveTransaction))
            return
        }
        try setLocally(name, value)
    }

    /// Until the end of the transaction; without one, until the end of the statement, which is one by itself.
    func setLocally(_ name: String, _ value: String?) throws(DemetraError) {
        let key = name.lowercased()
        let before = state.settings.withLock { $0.given(key) }
        try change(name, value)
        let isPart = transaction.withLock { transaction in
            if transaction?.localSettings[key] == nil {
                transaction?.localSettings[key] = .some(before)
            }
            return transaction != nil
        }
        guard !isPart else { return }
        statementSettings.withLock { settings in
            if settings[key] == nil { settings[key] = .some(before) }
        }
    }

    /// Takes back what a statement that is a transaction by itself has set locally.
    func endStatementSettings() {
        let covered = statementSettings.withLock { settings in
            defer { settings = [:] }
            return settings
        }
        guard !covered.isEmpty else { return }
        state.settings.withLock { settings in
            for (name, value) in covered { settings.restore(name, value) }
        }
    }

    private func change(_ name: String, _ value: String?) throws(DemetraError) {
        var value = value
        switch name.lowercased() {
        case Self.roleSetting: if let value { try checkRole(value) }
        case Self.authorizationSetting:
            if let name = value { try checkAuthorization(name) }
            if value == user { value = nil }
            state.settings.withLock { $0.restore(Self.roleSetting, nil) }
        case Self.memoryLimit:
            try requireSuperuser(toSet: Self.memoryLimit)
            let byteCount = try value.map { (text) throws(DemetraError) in
                try MemorySize.bytes(text)
            }
            return engine.setMemoryLimit(byteCount)
        case LanguageModelAccess.Setting.url:
            if let url = value, !url.isEmpty {
                try requireSuperuser(
                    toSet: name, hint: "A superuser can ALTER ROLE \(user) SET \(name) = '...'.")
                try engine.languageModel?.check(endpoint: url)
            }
        case "timezone": if let zone = value { value = try engine.timeZones.rules(zone).name }
        case "transaction_isolation":
            transaction.withLock { if let value { $0?.isolation = value } }
            return
        case "transaction_read_only":
            let isOn = value.map(SessionSettings.isOn) ?? false
            transaction.withLock { $0?.isReadOnly = isOn }
            return
        default: break
        }
        let checked = value
        try state.settings.withLock { settings throws(DemetraError) in
            try settings.set(name, checked)
        }
    }
}
