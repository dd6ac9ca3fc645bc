import Synchronization

/// Results of pieces of work done by several threads, each in its own place.
final class ResultSlots<Value: Sendable>: Sendable {
    // Guarded by itself.
    private let slots: Mutex<[Value]>

    init(count: Int, empty: Value) { slots = Mutex(Array(repeating: empty, count: count)) }

    /// Puts a result in its place.
    func set(_ index: Int, _ value: Value) { slots.withLock { $0[index] = value } }

    /// All results in order.
    var values: [Value] { slots.withLock { $0 } }
}
