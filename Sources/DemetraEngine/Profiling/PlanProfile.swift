import DemetraPlanner
import DemetraTypes
import Synchronization

/// What the operators of one statement did: the tree that EXPLAIN ANALYZE shows.
///
/// While a plan is made under a profile, each operator is wrapped in one that counts and looks at the clock once a batch.
/// Statements that are not explained have no wrappers.
final class PlanProfile: Sendable {
    /// The profile under which plans are made by this thread; nil for most.
    @TaskLocal static var current: PlanProfile?

    let clock: any Clock
    /// The plans of the statement.
    let roots = Mutex<[OperatorProfile]>([])
    /// Nanoseconds that planning took.
    let planning = Atomic<Int64>(0)
    private let open = Mutex<[OperatorProfile]>([])

    init(clock: any Clock) { self.clock = clock }

    /// Makes a plan whose operators report here.
    func planning<Result>(
        _ make: () throws(DemetraError) -> Result
    ) throws(DemetraError) -> Result {
        let start = clock.monotonicNanoseconds()
        defer { planning.add(clock.monotonicNanoseconds() - start, ordering: .relaxed) }
        return try Self.with(self, make)
    }

    /// Makes operators that may stand in for others, which report.
    static func withoutProfile<Result>(
        _ make: () throws(DemetraError) -> Result
    ) throws(DemetraError) -> Result {
        try with(nil, make)
    }

    private static func with<Result>(
        _ profile: PlanProfile?, _ make: () throws(DemetraError) -> Result
    ) throws(DemetraError) -> Result {
        let made: Swift.Result<Result, DemetraError> = $current.withValue(profile) {
            do throws(DemetraError) { return .success(try make()) } catch { return .failure(error) }
        }
        return try made.get()
    }

    /// The operator of a node, wrapped when plans are profiled; operators made meanwhile are its inputs.
    static func wrapping(
        _ plan: LogicalPlan, _ make: () throws(DemetraError) -> any PhysicalOperator
    ) throws(DemetraError) -> any PhysicalOperator {
        guard let profile = current else { return try make() }
        let entry = OperatorProfile(plan)
        let parent = profile.open.withLock { open -> OperatorProfile? in
            defer { open.append(entry) }
            return open.last
        }
        defer { profile.open.withLock { _ = $0.popLast() } }
        let made = try make()
        if let parent {
            parent.inputs.withLock { $0.append(entry) }
        } else {
            profile.roots.withLock { $0.append(entry) }
        }
        return ProfiledOperator(made, entry, profile.clock)
    }
}
