import DemetraTypes
import DemetraVectors
import Synchronization

/// Compiled patterns by text: a query's pattern is compiled once, not once a batch.
final class RegexCache: Sendable {
    /// The one of the process: patterns do not depend on a session.
    static let shared = RegexCache()
    private static let limit = 64

    private struct Key: Hashable {
        let pattern: String
        let options: RegexOptions
    }

    private let known = Mutex<[Key: Regex]>([:])

    /// - Throws: 2201B for a pattern that is none.
    func regex(_ pattern: String, _ options: RegexOptions) throws(DemetraError) -> Regex {
        let key = Key(pattern: pattern, options: options)
        if let regex = known.withLock({ $0[key] }) { return regex }
        let regex = try Regex(pattern, options)
        known.withLock { known in
            if known.count >= Self.limit { known.removeAll() }
            known[key] = regex
        }
        return regex
    }
}

/// The matchers of one evaluation: rows with the pattern of the row before share its matcher.
///
/// Safe because a pattern's bytes are only read while the caller's vector holds them; what is kept is a copy.
// Owned by one thread.
final class RegexMatchers {
    private let isCapturing: Bool
    private var last:
        (pattern: [UInt8], flags: String, matcher: RegexMatcher, options: RegexOptions)?

    /// `capturing` false finds whole matches only.
    init(capturing: Bool) { isCapturing = capturing }

    /// The matcher for a pattern and flags.
    ///
    /// - Throws: 2201B for a pattern, 22023 for flags that are none.
    func matcher(
        _ pattern: UnsafeBufferPointer<UInt8>, _ flags: String
    ) throws(DemetraError) -> (matcher: RegexMatcher, options: RegexOptions) {
        if let last, last.flags == flags, last.pattern.elementsEqual(pattern) {
            return (last.matcher, last.options)
        }
        var options = try RegexOptions(flags)
        let isGlobal = options.isGlobal
        options.isGlobal = false
        let regex = try RegexCache.shared.regex(String(decoding: pattern, as: UTF8.self), options)
        options.isGlobal = isGlobal
        let matcher = RegexMatcher(regex, capturing: isCapturing)
        last = (Array(pattern), flags, matcher, options)
        return (matcher, options)
    }
}
