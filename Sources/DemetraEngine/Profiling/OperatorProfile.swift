import DemetraFunctions
import DemetraPlanner
import Synchronization

/// What one operator did in a run, added up over all workers and all times it was opened.
final class OperatorProfile: Sendable {
    /// The node of the plan that the operator carries out, perhaps with nodes below it.
    let plan: LogicalPlan
    /// The operators it gets rows from.
    let inputs = Mutex<[OperatorProfile]>([])

    /// How often rows were asked for: once, but inside of a correlated subquery.
    let openCount = Atomic<Int>(0)
    /// Rows given out.
    let rowCount = Atomic<Int>(0)
    /// Whether one of its own was at the beginning of the pipeline.
    private let isSource = Atomic<Bool>(false)
    // Nanoseconds of threads.
    private let opening = Atomic<Int64>(0)
    private let reading = Atomic<Int64>(0)
    private let behind = Atomic<Int64>(0)
    private let draining = Atomic<Int64>(0)

    // Of scans.
    /// Row groups that the table has, and those that zone maps and filters left.
    let groupCount = Atomic<Int>(0)
    let readGroupCount = Atomic<Int>(0)
    /// Bytes of segments that the columns which were read take there.
    let storedByteCount = Atomic<Int>(0)
    let isScan = Atomic<Bool>(false)

    /// Of table functions: how long they learnt and answered.
    let trainingTime = Mutex<TrainingTime?>(nil)

    init(_ plan: LogicalPlan) { self.plan = plan }

    /// The operator was made ready, its inputs included.
    func addOpening(_ nanoseconds: Int64) {
        openCount.add(1, ordering: .relaxed)
        opening.add(nanoseconds, ordering: .relaxed)
    }

    /// A morsel was read, with everything behind the source.
    func addReading(_ nanoseconds: Int64) {
        isSource.store(true, ordering: .relaxed)
        reading.add(nanoseconds, ordering: .relaxed)
    }

    /// Rows were given out, and those behind took so long with them.
    func add(rows: Int, behind nanoseconds: Int64) {
        rowCount.add(rows, ordering: .relaxed)
        behind.add(nanoseconds, ordering: .relaxed)
    }

    /// A pipeline that ends behind the operator has run while another was made ready.
    func addDraining(_ nanoseconds: Int64) { draining.add(nanoseconds, ordering: .relaxed) }

    /// A scan has decided what it reads.
    func addScan(groups: Int, read: Int) {
        isScan.store(true, ordering: .relaxed)
        groupCount.add(groups, ordering: .relaxed)
        readGroupCount.add(read, ordering: .relaxed)
    }

    /// The operator's own time on all threads, in nanoseconds, without that of its inputs and of those behind it.
    ///
    ///     open     own = opening - (opening + draining of the inputs)
    ///     rows     own = what is behind the inputs, or the reading of a source of its own, - what is behind itself
    ///
    /// A source that reads its inputs' rows as it goes spends their time too.
    var ownNanoseconds: Int64 {
        var open = opening.load(ordering: .relaxed)
        var rows = reading.load(ordering: .relaxed) - behind.load(ordering: .relaxed)
        for input in inputs.withLock({ $0 }) {
            open -= input.opening.load(ordering: .relaxed) + input.drained
            rows += input.behind.load(ordering: .relaxed)
            if input.drained == 0, isSource.load(ordering: .relaxed) { rows -= input.sourceReading }
        }
        return max(0, open) + max(0, rows)
    }

    private var drained: Int64 { draining.load(ordering: .relaxed) }

    /// The reading at the beginning of the pipeline that ends here.
    private var sourceReading: Int64 {
        if isSource.load(ordering: .relaxed) { return reading.load(ordering: .relaxed) }
        return inputs.withLock { $0 }.reduce(0) { $0 + ($1.drained == 0 ? $1.sourceReading : 0) }
    }
}
