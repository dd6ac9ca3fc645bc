import DemetraCatalog
import DemetraFunctions
import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors

/// Trains models again whose option `refresh` asks for it: one after another, on a thread that is there only
/// while there are such models.
///
/// What is trained is told by the catalog and the models themselves, so that a model that was replaced, dropped
/// or trained by hand needs no word to this one. Until a training commits, the model that was there answers.
package final class ModelRefresher: Sendable {
    /// What is known of the trainings of one model since the database was opened.
    struct Record: Sendable {
        var runCount = 0
        var failureCount = 0
        var startedAt: Timestamp?
        var finishedAt: Timestamp?
        /// Why the last one failed; nil when it did not.
        var failure: DemetraError?
    }

    private struct State {
        weak var engine: Engine?
        var openedAt = Timestamp(microseconds: 0)
        var records: [String: Record] = [:]
        var hasThread = false
        var isStopped = false
        /// Somebody trains what is due: others wait, lest a model be trained twice.
        var isBusy = false
        var session: Session?
        /// Goes up when the catalog's models may have changed.
        var changeCount = 0
    }

    /// A program that opens a database, asks one thing and closes it must not wait beside a training.
    private static let graceMicroseconds: Int64 = 10_000_000
    /// The clock may be set anew while a thread waits.
    private static let longestWaitMilliseconds = 60_000

    private let state = Monitor(State())

    /// One without a database yet.
    package init() {}

    /// Looks after the models of an engine from now on.
    func attach(_ engine: Engine) {
        state.withLock { state in
            state.engine = engine
            state.openedAt = engine.clock.now()
        }
        modelsChanged()
    }

    /// Looks whether there is a model to wait for.
    func modelsChanged() {
        let engine = state.withLock(notify: true) { state in
            state.changeCount += 1
            return state.isStopped || state.hasThread ? nil : state.engine
        }
        guard let engine, !Self.schedules(engine).isEmpty else { return }
        let begins = state.withLock { state in
            guard !state.hasThread, !state.isStopped else { return false }
            state.hasThread = true
            return true
        }
        guard begins else { return }
        let isStarted = SystemThread.start { [self] in
            SystemThread.giveWay()
            work()
        }
        if !isStarted { state.withLock { $0.hasThread = false } }
    }

    /// Ends the training that runs, and the thread.
    func stop(waiting: Bool) {
        let session = state.withLock(notify: true) { state in
            state.isStopped = true
            return state.session
        }
        session?.cancel()
        if waiting { _ = state.wait { $0.hasThread ? nil : true } }
    }

    // MARK: The thread

    private func work() {
        while true {
            let (engine, seen) = state.withLock { ($0.isStopped ? nil : $0.engine, $0.changeCount) }
            let next = engine.flatMap { refreshDue($0) }
            let goesOn = state.withLock(notify: true) { state in
                guard next == nil, state.changeCount == seen || state.isStopped else { return true }
                state.hasThread = false
                return false
            }
            guard goesOn else { return }
            guard let next, let engine else { continue }
            let microseconds = next.microseconds - engine.clock.now().microseconds
            wait(seen, milliseconds: Int(clamping: microseconds / 1_000 + 1))
        }
    }

    private func wait(_ seen: Int, milliseconds: Int) {
        let limit = min(max(milliseconds, 1), Self.longestWaitMilliseconds)
        _ = state.wait(milliseconds: limit) { state in
            state.isStopped || state.changeCount != seen ? true : nil
        }
    }

    /// Trains what is due by now; gives the time of the next one, nil when there is none.
    @discardableResult
    func refreshDue(_ engine: Engine) -> Timestamp? {
        state.wait { state -> Void? in
            if state.isBusy { return nil }
            state.isBusy = true
            return ()
        }
        defer { state.withLock(notify: true) { $0.isBusy = false } }
        // Read anew each time: a training takes a while. Whatever comes of it, the model is due a period later.
        while !state.withLock({ $0.isStopped }),
            let due = Self.schedules(engine).first(where: { nextTime($0) <= engine.clock.now() })
        {
            train(due.model, engine)
        }
        return Self.schedules(engine).map(nextTime).min()
    }

    private func train(_ model: ModelDefinition, _ engine: Engine) {
        let session = engine.makeSession(
            user: model.access.owner ?? "demetra",
            origin: model.access.owner.map { _ in
                SessionOrigin(
                    isOwner: false, isLocal: true, adoptsUser: false, address: nil,
                    database: engine.databaseName)
            })
        let isStopped = state.withLock { state in
            state.session = session
            state.records[model.name, default: Record()].startedAt = engine.clock.now()
            return state.isStopped
        }
        var failure: DemetraError?
        do throws(DemetraError) {
            if isStopped { session.cancel() }
            try session.set("application_name", "model refresh")
            try session.run(
                "ALTER MODEL \(RelationName.quoted(model.name)) RETRAIN", parameters: [],
                output: NoOutput())
        } catch { failure = error }
        state.withLock { state in
            state.session = nil
            guard var record = state.records[model.name] else { return }
            record.runCount += 1
            record.failureCount += failure == nil ? 0 : 1
            record.finishedAt = engine.clock.now()
            record.failure = failure
            state.records[model.name] = record
        }
    }

    // MARK: What is to be done

    private typealias Planned = (model: ModelDefinition, schedule: ModelSchedule)

    /// The models that want to be trained again, by name.
    private static func schedules(_ engine: Engine) -> [Planned] {
        guard let trainer = engine.functions.modelTrainer else { return [] }
        let models = engine.store.snapshot().catalog.models.values.sorted { $0.name < $1.name }
        return models.compactMap { model in
            trainer.schedule(of: StoredModel(model)).map { (model, $0) }
        }
    }

    private func nextTime(_ planned: Planned) -> Timestamp {
        state.withLock { state in
            var from = planned.schedule.trainedAt.microseconds
            // One that failed is tried again when the next one would be, not at once for ever.
            if let record = state.records[planned.model.name], record.failure != nil,
                let last = record.startedAt
            {
                from = max(from, last.microseconds)
            }
            let (due, overflow) = from.addingReportingOverflow(planned.schedule.period)
            let earliest = state.openedAt.microseconds &+ Self.graceMicroseconds
            return Timestamp(microseconds: max(overflow ? .max : due, earliest))
        }
    }

    /// The models of the catalog that are refreshed, when next, and how it went.
    func rows() -> [[Value]] {
        guard let engine = state.withLock({ $0.engine }) else { return [] }
        return Self.schedules(engine).map { planned in
            let name = planned.model.name
            let record = state.withLock { $0.records[name] } ?? Record()
            func time(_ value: Timestamp?) -> Value { value.map { .timestamptz($0) } ?? .null }
            return [
                .text(name), .interval(Interval(microseconds: planned.schedule.period)),
                time(nextTime(planned)), time(record.startedAt),
                time(record.finishedAt), .integer(Int64(record.runCount)),
                .integer(Int64(record.failureCount)),
                record.failure.map { .text("\($0.sqlState.code): \($0.message)") } ?? .null,
            ]
        }
    }
}
