/// What was made for a key, as long as it is asked for now and then.
///
/// Entries are young or old. What is asked for becomes young; when the young ones weigh too much they become the old
/// ones, and the old ones that nobody has asked for since are forgotten.
struct RecentEntries<Key: Hashable & Sendable, Entry: Sendable>: Sendable {
    private struct Weighed: Sendable {
        let entry: Entry
        let weight: Int
    }

    private let youngWeight: Int
    private var young: [Key: Weighed] = [:]
    private var old: [Key: Weighed] = [:]
    private var weight = 0

    /// - Parameter youngWeight: what the young entries may weigh together; all weigh no more than twice as much.
    init(youngWeight: Int) { self.youngWeight = youngWeight }

    subscript(key: Key) -> Entry? {
        mutating get {
            if let known = young[key] { return known.entry }
            guard let known = old.removeValue(forKey: key) else { return nil }
            keep(known, for: key)
            return known.entry
        }
    }

    /// Keeps an entry in the place of the one that the key had; one that is too heavy is not kept.
    mutating func keep(_ entry: Entry, for key: Key, weight: Int) {
        guard weight <= youngWeight else { return }
        old[key] = nil
        keep(Weighed(entry: entry, weight: weight), for: key)
    }

    private mutating func keep(_ weighed: Weighed, for key: Key) {
        weight += weighed.weight - (young[key]?.weight ?? 0)
        if weight > youngWeight {
            old = young
            old[key] = nil
            young = [:]
            weight = weighed.weight
        }
        young[key] = weighed
    }
}
