import Synchronization

/// Remembers what was computed for each distinct value of a dictionary, by the dictionary's identity.
///
/// The batches of a row group share one dictionary, so a comparison, a hash or a code translation
/// is computed once per distinct value and then looked up by code.
package final class DictionaryMemo<Element: BitwiseCopyable & Sendable>: Sendable {
    private struct Entry: Sendable {
        // Held so that the identity cannot be given to another dictionary.
        let dictionary: VectorDictionary
        let elements: Buffer<Element>
    }

    // A query meets few dictionaries at a time: one for each row group in flight.
    private static var limit: Int { 16 }
    private let entries = Mutex<[ObjectIdentifier: Entry]>([:])

    /// An empty memo.
    package init() {}

    /// What `make` gave for this dictionary: one element per distinct value.
    ///
    /// May be called from several threads; two may then make the same buffer.
    package func elements(
        for dictionary: VectorDictionary, make: (VectorDictionary) -> Buffer<Element>
    ) -> Buffer<Element> {
        let identity = ObjectIdentifier(dictionary)
        if let entry = entries.withLock({ $0[identity] }) { return entry.elements }
        let made = make(dictionary)
        precondition(made.count == dictionary.count, "a memo holds one element per distinct value")
        let entry = Entry(dictionary: dictionary, elements: made)
        entries.withLock { entries in
            if entries.count >= Self.limit { entries.removeAll() }
            entries[identity] = entry
        }
        return made
    }
}
