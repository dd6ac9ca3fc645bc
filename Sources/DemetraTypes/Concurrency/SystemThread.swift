import Glibc

/// Plain threads of the operating system, for work that must not sit on Swift's cooperative pool.
package enum SystemThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// The stack of a thread: recursive planning of deep statements needs room.
    package static let stackBytes = 16 << 20

    /// Starts a detached thread; false when the system has no room for one more.
    @discardableResult
    package static func start(_ run: @escaping @Sendable () -> Void) -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, stackBytes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Body(run))
        let status = pthread_create(
            &thread, &attributes,
            { argument in
                if let argument {
                    Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                }
                return nil
            }, box.toOpaque())
        guard status == 0 else {
            box.release()
            return false
        }
        return true
    }

    /// A number that tells the calling thread from all others that live.
    package static var current: UInt { UInt(pthread_self()) }

    /// Lets others go first for the rest of the calling thread's life: work that nobody waits for must not make a
    /// dashboard slow. The thread still gets a share of a busy processor, so whoever waits for it is not stuck.
    package static func giveWay() {
        // On Linux the priority is the thread's own, and inherited by those it starts.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
    }

    /// Processors this process may use.
    package static var processorCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}
