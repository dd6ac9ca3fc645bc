import Glibc

/// The environment of the test run.
enum ProcessEnvironment {
    /// The value of a variable, nil when it is not set.
    static func value(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        return String(cString: value)
    }
}
