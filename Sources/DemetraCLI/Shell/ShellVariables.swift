import Demetra

/// The variables of a shell: set by `\set` and `\gset`, used as `:name` in statements and commands.
// Owned by the thread that runs statements.
final class ShellVariables {
    private var values: [String: String] = [:]

    /// All of them, sorted by name.
    var all: [(name: String, value: String)] {
        values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    subscript(name: String) -> String? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// Sets a variable of a name that may be used.
    ///
    /// - Throws: 22023 for a name of other signs than letters, digits and underscores.
    func set(_ name: String, _ value: String) throws(DemetraError) {
        let isName = !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
        guard isName else {
            throw DemetraError(
                .invalidParameterValue, "\"\(name)\" is no name of a variable",
                hint: "Use letters, digits and underscores.")
        }
        values[name] = value
    }
}
