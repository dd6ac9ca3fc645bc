package import DemetraTypes
package import DemetraVectors

/// Which group each row of a batch belongs to.
///
/// Safe because rows are read below the count of their buffer.
package enum GroupIndices: Sendable {
    /// All rows are of one group: without GROUP BY, or where rows come sorted by the key.
    case one(Int32)
    /// Row i is of group `rows[i]`.
    case rows(Buffer<Int32>)

    /// The indices of these rows' groups, which are one if they are all equal.
    ///
    /// Sums over one group need no table: worth a look at every batch, as time series come in order.
    package static func of(_ rows: Buffer<Int32>) -> GroupIndices {
        guard rows.count > 0 else { return .rows(rows) }
        let source = rows.pointer
        let first = source[0]
        guard source[rows.count - 1] == first else { return .rows(rows) }
        var difference: Int32 = 0
        for index in 0..<rows.count { difference |= source[index] ^ first }
        return difference == 0 ? .one(first) : .rows(rows)
    }
}

/// The running state of one aggregate for all groups of one worker.
///
/// Owned by one worker at a time. Groups are dense numbers; `resize` is called before rows of new
/// groups arrive. Rows of equal groups arrive in input order.
package protocol AggregateAccumulator: AnyObject {
    /// Makes room for groups 0..<groupCount.
    func resize(groupCount: Int)

    /// Takes rows in; `arguments` have `count` rows each.
    func update(_ arguments: [Vector], groups: GroupIndices, count: Int) throws(DemetraError)

    /// Takes in the state of another worker; its group g is this one's `groupMap[g]`. Room was made.
    func merge(_ other: any AggregateAccumulator, groupMap: Buffer<Int32>) throws(DemetraError)

    /// The result of groups 0..<groupCount.
    func finish(groupCount: Int) throws(DemetraError) -> Vector

    /// Bytes of memory held, roughly.
    var byteCount: Int { get }
}

/// One overload of a function that computes a value from many rows.
// Immutable after init.
package final class AggregateFunction: Sendable {
    /// Makes an empty state for these argument types and this result type.
    package typealias Factory =
        @Sendable (_ argumentTypes: [LogicalType], _ resultType: LogicalType)
        -> any AggregateAccumulator

    /// The SQL name, lower case.
    package let name: String
    /// Parameters and result; for ordered-set aggregates the direct arguments first, then the one of
    /// WITHIN GROUP.
    package let signature: Signature
    /// `percentile_cont` and its kin: called with WITHIN GROUP (ORDER BY x). The accumulator gets the
    /// direct arguments, then x, in any order, and a boolean constant that is true for DESC.
    package let isOrderedSet: Bool
    /// The order of rows matters (`string_agg`), so the engine sorts when ORDER BY is given.
    package let isOrderSensitive: Bool
    /// `f(DISTINCT x)` equals `f(x)`: min, max.
    package let ignoresDuplicates: Bool
    /// Makes a state.
    package let makeAccumulator: Factory

    /// Makes an aggregate.
    package init(
        _ name: String, _ signature: Signature, isOrderedSet: Bool = false,
        isOrderSensitive: Bool = false, ignoresDuplicates: Bool = false,
        makeAccumulator: @escaping Factory
    ) {
        self.name = name
        self.signature = signature
        self.isOrderedSet = isOrderedSet
        self.isOrderSensitive = isOrderSensitive
        self.ignoresDuplicates = ignoresDuplicates
        self.makeAccumulator = makeAccumulator
    }
}
