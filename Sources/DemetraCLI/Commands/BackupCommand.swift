import ArgumentParser
import Demetra
import Foundation

/// `demetra backup PATH TO DIRECTORY`: a copy of a database that opens as one.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy a database into a new directory.",
        usage: "demetra backup <path> TO <directory>",
        discussion: """
            The copy is a database like any other: open it, serve it, copy it back. Every chunk is compared with \
            its checksum on the way. A server that has the database open makes the copy itself, as by the statement \
            BACKUP DATABASE TO 'directory', and holds nobody up.

            Examples:
              demetra backup ads.demetra TO ads.backup
            """)

    @OptionGroup var places: TargetArgument
    @OptionGroup var resources: ResourceOptions

    func run() async throws {
        do {
            guard FileManager.default.fileExists(atPath: places.path + "/CURRENT") else {
                throw DemetraError(
                    .invalidCatalogName, "\"\(places.path)\" is not a Demetra database",
                    hint: "Give the directory of a database.")
            }
            let source = try ShellTarget.open(places.path, resources, reconnects: false)
            // A server has a working directory of its own.
            let target = URL(fileURLWithPath: places.target).path
            _ = try source.connection.answer(
                to: "BACKUP DATABASE TO \(NamePattern.literal(target))")
            try source.close()
            print("backed up \"\(places.path)\" to \"\(places.target)\"")
        } catch let error as DemetraError {
            throw Failure.show(error)
        }
    }
}
