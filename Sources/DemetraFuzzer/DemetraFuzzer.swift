import CFuzzer
import DemetraFuzzing
import Glibc

/// Searches for inputs that break a target's laws: libFuzzer's program, built by `Tests/fuzz` alone, with coverage
/// and address sanitizer.
///
/// The environment names the target, since libFuzzer starts the program again with its own arguments.
///
/// Safe because the arguments live as long as the process, and libFuzzer's bytes as long as the call.
@main
enum DemetraFuzzer {
    private static let target = getenv("DEMETRA_FUZZ_TARGET").flatMap {
        FuzzTarget(rawValue: String(cString: $0))
    }

    static func main() {
        guard target != nil else {
            let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: " ")
            print("DEMETRA_FUZZ_TARGET must be one of: \(names)")
            exit(2)
        }
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? =
            CommandLine.unsafeArgv
        exit(
            LLVMFuzzerRunDriver(&count, &arguments) { data, size in
                DemetraFuzzer.run(UnsafeBufferPointer(start: data, count: size))
                return 0
            })
    }

    /// Ends the program when the target has a finding, so that libFuzzer keeps the input.
    private static func run(_ bytes: UnsafeBufferPointer<UInt8>) {
        do {
            try target?.run(Array(bytes))
        } catch {
            print("finding: \(error)")
            fflush(nil)
            abort()
        }
    }
}
