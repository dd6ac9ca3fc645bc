import Foundation

/// What `Package.swift` says, by SwiftPM's own reading of it.
struct PackageManifest {
    /// The targets on which each target depends, by name; products of other packages are named as
    /// their modules.
    let dependencies: [String: Set<String>]

    /// Asks SwiftPM, with a build folder of its own so that the lock of a running build is no matter.
    static func load() throws -> PackageManifest {
        let scratch = FileManager.default.temporaryDirectory.appending(
            path: "demetra-manifest-\(ProcessInfo.processInfo.processIdentifier)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "swift", "package", "--package-path", SourceTree.root.path, "--scratch-path",
            scratch.path, "dump-package",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try PackageManifest(json: data)
    }

    init(json: Data) throws {
        let object = try JSONSerialization.jsonObject(with: data(json)) as? [String: Any]
        var result: [String: Set<String>] = [:]
        for case let target as [String: Any] in object?["targets"] as? [Any] ?? [] {
            guard let name = target["name"] as? String else { continue }
            let entries = target["dependencies"] as? [[String: Any]] ?? []
            result[name] = Set(entries.compactMap(Self.name))
        }
        dependencies = result
    }

    /// `{"byName": ["CShims", null]}`, `{"target": [...]}` or `{"product": ["NIOCore", ...]}`.
    private static func name(_ entry: [String: Any]) -> String? {
        (entry.values.first as? [Any])?.first as? String
    }
}

/// An empty answer of SwiftPM must fail with a sentence and not with a JSON error.
private func data(_ json: Data) throws -> Data {
    if json.isEmpty { throw CocoaError(.fileReadUnknown) }
    return json
}
