import CShims
import Demetra

/// How the program opens a database: what recovery found is said on standard error.
enum OpenDatabase {
    /// Opens the database in a directory; makes it when there is none.
    static func at(_ path: String) throws(DemetraError) -> Database {
        demetra_keep_freed_memory()
        let database = try Database.open(at: path)
        for notice in database.recoveryNotices {
            Failure.write("\(notice.severity.rawValue):  \(notice.message)")
            if let hint = notice.hint { Failure.write("HINT:  \(hint)") }
        }
        return database
    }
}
