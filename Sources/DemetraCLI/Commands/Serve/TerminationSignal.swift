import Demetra
import Foundation
import Synchronization

/// SIGTERM and SIGINT as something a task can wait for.
///
/// The handler writes a byte into a pipe, which is all that a handler may do, and a thread waits at the
/// other end. A dispatch source would be registered some time after it was asked for, and a signal in
/// between would be lost.
struct TerminationSignal {
    private let pipe: (output: Int32, input: Int32)

    /// Where the handler writes; -1 before the first `install`.
    private static let input = Atomic<Int32>(-1)

    /// Takes the signals over; from now on none is lost.
    ///
    /// - Throws: 58030 when there is no descriptor left.
    static func install() throws(DemetraError) -> TerminationSignal {
        var descriptors: [Int32] = [-1, -1]
        guard Foundation.pipe(&descriptors) == 0 else {
            throw DemetraError(
                .ioError, "no pipe could be made: \(String(cString: strerror(errno)))")
        }
        input.store(descriptors[1], ordering: .sequentiallyConsistent)
        for number in [SIGTERM, SIGINT] {
            signal(number) { _ in
                var byte: UInt8 = 1
                _ = Foundation.write(
                    TerminationSignal.input.load(ordering: .sequentiallyConsistent), &byte, 1)
            }
        }
        return TerminationSignal(pipe: (descriptors[0], descriptors[1]))
    }

    /// Waits for the first signal; the next one then ends the program at once, as a user expects who
    /// presses Ctrl-C twice.
    func wait() async {
        let output = pipe.output
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isStarted = SystemThread.start {
                var byte: UInt8 = 0
                while Foundation.read(output, &byte, 1) < 0, errno == EINTR {}
                for number in [SIGTERM, SIGINT] { signal(number, SIG_DFL) }
                continuation.resume()
            }
            // Without a thread there is no way to wait: the server ends at once, and says nothing false.
            if !isStarted { continuation.resume() }
        }
    }
}
