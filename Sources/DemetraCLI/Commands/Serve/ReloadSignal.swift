import Demetra
import Foundation
import Synchronization

/// SIGHUP: what the program has read from files is read again.
///
/// As with `TerminationSignal`, the handler writes a byte into a pipe and a thread waits at its other end.
enum ReloadSignal {
    private static let input = Atomic<Int32>(-1)

    /// Calls `body` for each signal that comes from now on.
    static func install(_ body: @escaping @Sendable () -> Void) {
        var descriptors: [Int32] = [-1, -1]
        guard Foundation.pipe(&descriptors) == 0 else { return }
        let output = descriptors[0]
        input.store(descriptors[1], ordering: .sequentiallyConsistent)
        let isStarted = SystemThread.start {
            var byte: UInt8 = 0
            while true {
                let count = Foundation.read(output, &byte, 1)
                if count == 1 { body() } else if errno != EINTR { return }
            }
        }
        guard isStarted else { return }
        signal(SIGHUP) { _ in
            var byte: UInt8 = 1
            _ = Foundation.write(
                ReloadSignal.input.load(ordering: .sequentiallyConsistent), &byte, 1)
        }
    }
}
