import DemetraSQL
import DemetraStorage
import DemetraTypes
import Synchronization

/// A session's way to the plans of its database.
///
/// What it used lately it finds without asking: sessions that run the same few statements thousands of times a second
/// would wait for each other at the common cache.
final class SessionPlans: Sendable {
    /// The length of the texts that it holds on to, of each kind: a handful, since sessions are many.
    private static let ownBytes = 512

    private struct Own: Sendable {
        var texts = RecentEntries<String, [ParsedStatement]>(youngWeight: ownBytes)
        var descriptions = RecentEntries<PlanCache.Key, DescribedStatement>(youngWeight: ownBytes)
        var queries = RecentEntries<PlanCache.Key, PlannedQuery>(youngWeight: ownBytes)
        /// What was run last is most often run next.
        var latest: (key: PlanCache.Key, query: PlannedQuery)?

        mutating func query(_ key: PlanCache.Key) -> PlannedQuery? {
            if let latest, latest.key == key { return latest.query }
            guard let query = queries[key] else { return nil }
            latest = (key, query)
            return query
        }

        mutating func keep(_ query: PlannedQuery, for key: PlanCache.Key) {
            latest = (key, query)
            queries.keep(query, for: key, weight: PlanCache.weight(key.text))
        }
    }

    private let common: PlanCache
    private let own = Mutex(Own())

    init(_ common: PlanCache) { self.common = common }

    /// The statements of a text that was parsed before.
    func statements(of text: String) -> [ParsedStatement]? {
        if let known = own.withLock({ $0.texts[text] }) { return known }
        guard let known = common.statements(of: text) else { return nil }
        own.withLock { $0.texts.keep(known, for: text, weight: PlanCache.weight(text)) }
        return known
    }

    func description(_ key: PlanCache.Key) -> DescribedStatement? {
        if let known = own.withLock({ $0.descriptions[key] }) { return known }
        guard let known = common.description(key) else { return nil }
        own.withLock { $0.descriptions.keep(known, for: key, weight: PlanCache.weight(key.text)) }
        return known
    }

    /// The plan of a query; nil when there is none that fits the tables as they are.
    func query(_ key: PlanCache.Key, _ snapshot: Snapshot) -> PlannedQuery? {
        if let known = own.withLock({ $0.query(key) }), known.fits(snapshot) { return known }
        guard let known = common.query(key, snapshot) else { return nil }
        own.withLock { $0.keep(known, for: key) }
        return known
    }

    /// Keeps the statements of a text that may well come again.
    func keep(_ statements: [ParsedStatement], of text: String) {
        common.keep(statements, of: text)
    }

    func keep(_ description: DescribedStatement, for key: PlanCache.Key) {
        common.keep(description, for: key)
    }

    func keep(_ query: PlannedQuery, for key: PlanCache.Key) { common.keep(query, for: key) }
}
