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
            its checksum on the way. A database that a server has open is backed up by the statement \
            BACKUP DATABASE TO 'directory', which holds nobody up.

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
            let database = try OpenDatabase.at(places.path, resources)
            try database.backup(to: places.target)
            try database.close()
            print("backed up \"\(places.path)\" to \"\(places.target)\"")
        } catch let error as DemetraError {
            throw Failure.show(error)
        }
    }
}
