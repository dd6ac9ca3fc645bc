import ArgumentParser
import Demetra
import Foundation

/// Errors as the command line shows them.
enum Failure {
    /// Writes the error to standard error and gives the exit code to end with.
    static func show(_ error: DemetraError) -> ExitCode {
        write(error.rendered())
        return ExitCode(1)
    }

    /// Writes a line to standard error.
    static func write(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
