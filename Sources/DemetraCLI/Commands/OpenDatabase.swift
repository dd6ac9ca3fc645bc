import ArgumentParser
import CShims
import Demetra
import DemetraConnectors
import DemetraEngine
import Foundation

/// How the program opens a database: what recovery found is said on standard error.
enum OpenDatabase {
    /// Opens the database in a directory; makes it when there is none, unless it is only to be read.
    static func at(
        _ path: String, _ options: ResourceOptions, isReadOnly: Bool = false,
        tell: (Notice) -> Void = OpenDatabase.show
    ) throws(DemetraError) -> Database {
        var configuration = DatabaseConfiguration(
            isReadOnly: isReadOnly,
            languageModel: ChatCompletions(environment: ProcessInfo.processInfo.environment))
        if let limit = options.memoryLimit {
            configuration.memoryLimitBytes = try MemorySize.bytes(limit)
        }
        if let threads = options.threads {
            guard (1...1_024).contains(threads) else {
                throw DemetraError(
                    .invalidParameterValue, "--threads \(threads) is not a number from 1 to 1024")
            }
            configuration.processorCount = threads
        }
        demetra_keep_freed_memory(configuration.memoryLimitBytes)
        let database = try Database.open(at: path, configuration: configuration)
        for notice in database.recoveryNotices { tell(notice) }
        return database
    }

    /// Says a notice on standard error.
    private static func show(_ notice: Notice) {
        Failure.write("\(notice.severity.rawValue):  \(notice.message)")
        if let hint = notice.hint { Failure.write("HINT:  \(hint)") }
    }
}

/// What commands that open a database take.
struct ResourceOptions: ParsableArguments {
    @Option(help: "Memory that the database may use, such as 256MB; by default 4GB.")
    var memoryLimit: String?

    @Option(help: "Threads that compute queries; by default one for each processor.")
    var threads: Int?

    /// Says that what was given is for the server to have.
    func warnOfServer() {
        for (name, isGiven) in [("memory-limit", memoryLimit != nil), ("threads", threads != nil)]
        where isGiven {
            Failure.write("WARNING:  --\(name) has no effect: a server has the database open")
        }
    }
}
