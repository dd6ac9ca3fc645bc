import DemetraFunctions
import DemetraTypes

/// The values that settings take, in the form in which SHOW shows them.
enum SettingValue {
    /// Settings that are a time; a number without a unit is milliseconds.
    private static let times: Set<String> = [
        "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout",
        "idle_session_timeout", LanguageModelAccess.Setting.timeout,
    ]
    /// Milliseconds, the greatest first.
    private static let units: [(name: String, milliseconds: Int)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1),
    ]
    private static let switches: Set<String> = [
        "default_transaction_read_only", "standard_conforming_strings", "row_security",
        "escape_string_warning", "synchronous_commit",
    ]
    private static let messageLevels = [
        "debug5", "debug4", "debug3", "debug2", "debug1", "log", "notice", "warning", "error",
    ]
    private static let isolationLevels = [
        "serializable", "repeatable read", "read committed", "read uncommitted",
    ]

    /// A value as the setting keeps it.
    ///
    /// - Throws: 22023 for one that the setting cannot have, with those that it can.
    static func normalised(_ value: String, of name: String) throws(DemetraError) -> String {
        if times.contains(name) { return try time(value, name) }
        if switches.contains(name) { return try onOrOff(value, name) }
        switch name {
        case "client_encoding": return try encoding(value)
        case "client_min_messages": return try one(of: messageLevels, value, name)
        case "default_transaction_isolation": return try one(of: isolationLevels, value, name)
        case "bytea_output": return try one(of: ["hex"], value, name)
        case "intervalstyle": return try one(of: ["postgres"], value, name)
        case LanguageModelAccess.Setting.url, LanguageModelAccess.Setting.model:
            return try line(value, name)
        default: return value
        }
    }

    /// Milliseconds of a setting that is a time.
    static func milliseconds(_ value: String) -> Int {
        let digits = value.prefix { $0.isNumber }
        let unit = units.first { $0.name == value.dropFirst(digits.count) }
        return (Int(digits) ?? 0) * (unit?.milliseconds ?? 1)
    }

    private static func time(_ value: String, _ name: String) throws(DemetraError) -> String {
        let text = value.filter { $0 != " " }.lowercased()
        let number = text.prefix { $0.isNumber || $0 == "." || $0 == "-" }
        let suffix = text.dropFirst(number.count)
        let unit = suffix.isEmpty ? 1 : units.first { $0.name == suffix }?.milliseconds
        guard let unit, let count = Double(number) else {
            throw invalid(
                value, name,
                "Valid units for this parameter are \"ms\", \"s\", \"min\", \"h\", and \"d\".")
        }
        let milliseconds = (count * Double(unit)).rounded()
        let range =
            name == LanguageModelAccess.Setting.timeout
            ? 1...LanguageModelAccess.longestMilliseconds : 0...Int(Int32.max)
        guard milliseconds >= Double(range.lowerBound), milliseconds <= Double(range.upperBound)
        else {
            throw DemetraError(
                .invalidParameterValue,
                "\(value) is outside the valid range for parameter \"\(name)\" "
                    + "(\(range.lowerBound) .. \(range.upperBound))")
        }
        let whole = Int(milliseconds)
        guard whole > 0, let shown = units.first(where: { whole % $0.milliseconds == 0 }) else {
            return "0"
        }
        return "\(whole / shown.milliseconds)\(shown.name)"
    }

    /// Text of one line that is not long.
    private static func line(_ value: String, _ name: String) throws(DemetraError) -> String {
        guard value.utf8.count <= longestLineBytes,
            !value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            throw DemetraError(
                .invalidParameterValue, "invalid value for parameter \"\(name)\"",
                hint: "It is one line of at most \(longestLineBytes) bytes.")
        }
        return value
    }

    private static let longestLineBytes = 2_048

    private static func onOrOff(_ value: String, _ name: String) throws(DemetraError) -> String {
        switch value.lowercased() {
        case "on", "true", "yes", "1", "t", "y": return "on"
        case "off", "false", "no", "0", "f", "n": return "off"
        default: throw invalid(value, name, "It is on or off.")
        }
    }

    private static func one(
        of values: [String], _ value: String, _ name: String
    ) throws(DemetraError) -> String {
        let lowercase = value.lowercased()
        if values.contains(lowercase) { return lowercase }
        throw invalid(value, name, "Available values: \(values.joined(separator: ", ")).")
    }

    private static func encoding(_ value: String) throws(DemetraError) -> String {
        let name = value.lowercased().filter { $0.isLetter || $0.isNumber }
        if ["utf8", "unicode"].contains(name) { return "UTF8" }
        throw invalid(value, "client_encoding", "Texts are sent and read as UTF8 only.")
    }

    private static func invalid(_ value: String, _ name: String, _ hint: String) -> DemetraError {
        DemetraError(
            .invalidParameterValue, "invalid value for parameter \"\(name)\": \"\(value)\"",
            hint: hint)
    }
}
