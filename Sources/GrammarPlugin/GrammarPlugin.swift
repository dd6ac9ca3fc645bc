import Foundation
import PackagePlugin

/// Compiles `Grammar/` into the parser before DemetraSQL is built; a changed or new file runs it again.
@main
struct GrammarPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let folder = context.package.directoryURL.appending(path: "Grammar")
        let output = context.pluginWorkDirectoryURL
        let inputs = try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil
        ).filter { ["peg", "list"].contains($0.pathExtension) }
        return [
            .buildCommand(
                displayName: "Compile the grammar",
                executable: try context.tool(named: "GrammarCompiler").url,
                arguments: [folder.path(), output.path()],
                inputFiles: inputs,
                outputFiles: ["SyntaxTables", "SyntaxOperators", "SyntaxRules"].map {
                    output.appending(path: $0 + ".swift")
                })
        ]
    }
}
