import ArgumentParser

/// The program `demetra`.
@main
struct DemetraCommand: AsyncParsableCommand {
    /// Name and version, as people are shown them.
    static let version = "demetra 0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "demetra",
        abstract: "Advertising metrics in, decisions out: a database with ROI, budgets and alerts.",
        discussion: """
            demetra ads.demetra                          an interactive session
            demetra ads.demetra -c "SELECT 1"            one statement
            demetra import ads.demetra campaigns f.csv   a file into a table
            demetra demo ads.demetra                     data to try everything on
            demetra serve ads.demetra --pg 127.0.0.1:5433
            demetra check ads.demetra                    is every byte as it was written?
            demetra backup ads.demetra TO ads.backup     a copy that opens as a database
            demetra salvage ads.demetra TO rescued       what a damaged database still holds
            """,
        version: version,
        subcommands: [
            ShellCommand.self, ImportCommand.self, DemoCommand.self, ServeCommand.self,
            CheckCommand.self, BackupCommand.self, SalvageCommand.self,
        ],
        defaultSubcommand: ShellCommand.self)
}
