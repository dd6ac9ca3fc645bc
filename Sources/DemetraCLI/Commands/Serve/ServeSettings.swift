import Demetra
import DemetraEngine
import DemetraWire
import Foundation

/// All settings of a server: those of the command line before those of the file, and what holds when nobody says.
struct ServeSettings {
    private enum Source: Hashable {
        case option
        case file(place: String)
        case standard
    }

    private struct Entry {
        let value: String
        let source: Source
    }

    private var entries: [ServeSetting: Entry] = [:]
    /// What is wrong, in the order of the file; nothing else is to be asked before it is empty.
    private(set) var problems: [SettingProblem] = []

    /// - Parameters:
    ///   - options: what the command line gives.
    ///   - file: what the file gives; nil without one.
    init(options: [ServeSetting: String], _ file: SettingsFile?) {
        for setting in ServeSetting.allCases {
            entries[setting] = setting.standard.map { Entry(value: $0, source: .standard) }
        }
        if let file {
            problems = file.problems
            let folder = URL(fileURLWithPath: file.path).deletingLastPathComponent()
            for entry in file.entries {
                let isRelative = entry.setting.isPath && !entry.value.hasPrefix("/")
                entries[entry.setting] = Entry(
                    value: isRelative
                        ? folder.appendingPathComponent(entry.value).path : entry.value,
                    source: .file(place: file.place(entry.line)))
            }
        }
        for (setting, value) in options {
            entries[setting] = Entry(value: value, source: .option)
        }
        for setting in ServeSetting.allCases where !isAllowed(setting) {
            problems.append(problem(setting, "\"\(entries[setting]?.value ?? "")\" is not allowed"))
        }
        checkTogether()
    }

    private mutating func checkTogether() {
        if entries[.database] == nil {
            problems.append(
                SettingProblem(
                    message: "it is not said which database is to be served",
                    hint: "Give its directory, or database = DIRECTORY in the file.", isOption: true
                ))
        }
        for (one, other) in [(ServeSetting.tlsCert, ServeSetting.tlsKey), (.tlsKey, .tlsCert)]
        where entries[one] != nil && entries[other] == nil {
            problems.append(
                problem(
                    one, "needs \(other.option) too",
                    hint: "A certificate and its key belong together."))
        }
    }

    private func isAllowed(_ setting: ServeSetting) -> Bool {
        guard let value = entries[setting]?.value else { return true }
        if let range = setting.range { return Int(value).map { range.contains($0) } ?? false }
        return switch setting {
        case .pg: Self.address(value) != nil
        case .requireAuth: Self.flag(value) != nil
        case .memoryLimit: (try? MemorySize.bytes(value)) != nil
        case .logFormat: LogFormat(rawValue: value) != nil
        case .logLevel: LogLevel(rawValue: value) != nil
        default: !value.isEmpty
        }
    }

    private func problem(
        _ setting: ServeSetting, _ what: String, hint: String? = nil
    ) -> SettingProblem {
        let hint = hint ?? "It takes \(setting.allowed)."
        if case .file(let place) = entries[setting]?.source {
            return SettingProblem(
                message: "\(place): \(setting.rawValue) \(what)", hint: hint, isOption: false)
        }
        return SettingProblem(message: "\(setting.option) \(what)", hint: hint, isOption: true)
    }

    // MARK: Values

    /// The directory of the database.
    var database: String { entries[.database]?.value ?? "" }

    var memoryLimit: String { entries[.memoryLimit]?.value ?? "" }

    var logFormat: LogFormat {
        entries[.logFormat].flatMap { LogFormat(rawValue: $0.value) } ?? .text
    }

    var logLevel: LogLevel { entries[.logLevel].flatMap { LogLevel(rawValue: $0.value) } ?? .info }

    var resources: ResourceOptions {
        var resources = ResourceOptions()
        resources.memoryLimit = memoryLimit
        resources.threads = number(.threads)
        return resources
    }

    /// How the server listens, and whom it lets in.
    var wire: WireConfiguration {
        let (host, port) = entries[.pg].flatMap { Self.address($0.value) } ?? ("127.0.0.1", 0)
        var wire = WireConfiguration(host: host, port: port)
        wire.socketDirectory = entries[.socket]?.value
        wire.hasDatabaseSocket = true
        wire.requiresPasswords = entries[.requireAuth].flatMap { Self.flag($0.value) } ?? false
        if let certificate = entries[.tlsCert]?.value, let key = entries[.tlsKey]?.value {
            wire.certificate = (certificate, key)
        }
        wire.maximumConnections = number(.maxConnections) ?? wire.maximumConnections
        wire.maximumConnectionsPerAddress =
            number(.maxConnectionsPerAddress) ?? wire.maximumConnections
        wire.loginSeconds = Int64(number(.loginTimeout) ?? 60)
        return wire
    }

    /// The settings that have another value than in `other`.
    func changes(from other: ServeSettings) -> [ServeSetting] {
        ServeSetting.allCases.filter { entries[$0]?.value != other.entries[$0]?.value }
    }

    /// These settings, with some of them as in `other`.
    func taking(_ some: [ServeSetting], from other: ServeSettings) -> ServeSettings {
        var result = self
        for setting in some { result.entries[setting] = other.entries[setting] }
        return result
    }

    /// A line for each setting, which together are a file, with where each comes from.
    var lines: [String] {
        ServeSetting.allCases.compactMap { setting in
            guard let entry = entries[setting] else { return nil }
            let source =
                switch entry.source {
                case .option: "command line"
                case .file(let place): place
                case .standard: "default"
                }
            let isPlain = entry.value.allSatisfy {
                !$0.isWhitespace && $0 != "'" && $0 != "#"
            }
            let value =
                isPlain ? entry.value : "'" + entry.value.replacing("'", with: "''") + "'"
            return "\(setting.rawValue) = \(value)  # \(source)"
        }
    }

    private func number(_ setting: ServeSetting) -> Int? {
        entries[setting].flatMap { Int($0.value) }
    }

    private static func flag(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "on", "true", "yes", "1": true
        case "off", "false", "no", "0": false
        default: nil
        }
    }

    private static func address(_ text: String) -> (String, Int)? {
        guard let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        return (host.isEmpty ? "127.0.0.1" : host, port)
    }
}
