import Foundation
import PackagePlugin

/// Embeds the SQL files under `Samples/` into the program; a changed or new file runs it again.
@main
struct SamplePlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let samples = context.package.directoryURL.appending(path: "Samples")
        let inputs = try ["demo", "alerts"].flatMap { folder in
            try FileManager.default.contentsOfDirectory(
                at: samples.appending(path: folder), includingPropertiesForKeys: nil
            ).filter { $0.pathExtension == "sql" }
        }
        let output = context.pluginWorkDirectoryURL.appending(path: "SampleTexts.swift")
        return [
            .buildCommand(
                displayName: "Embed the samples",
                executable: try context.tool(named: "SampleEmbedder").url,
                arguments: [output.path()] + inputs.map { $0.path() },
                inputFiles: inputs, outputFiles: [output])
        ]
    }
}
