import DemetraCatalog
import DemetraStorage
import DemetraTypes
import Synchronization

/// Hands out the numbers of sequences to all sessions.
///
/// The log knows a position ahead of the numbers given: what lies between is reserved, so most calls of `nextval` write
/// nothing. A crash loses the rest of a reservation; an orderly end gives it back.
final class SequenceCounters: Sendable {
    /// Numbers that are reserved beyond those asked for, as in PostgreSQL.
    private static let reservedCount = 32

    private struct Counter: Sendable {
        /// What was given.
        var position: SequencePosition
        /// What the log has.
        var logged: SequencePosition
        /// Numbers between the two.
        var left: Int
    }

    /// One sequence's; sessions that want its numbers wait for each other here.
    private final class Cell: Sendable {
        let counter = Mutex<Counter?>(nil)
    }

    private let store: Store
    private let cells = Mutex<[TableID: Cell]>([:])

    init(store: Store) { self.store = store }

    private func cell(_ id: TableID) -> Cell {
        cells.withLock { cells in
            if let cell = cells[id] { return cell }
            let cell = Cell()
            cells[id] = cell
            return cell
        }
    }

    /// The next numbers.
    ///
    /// - Throws: 2200H when there are no more.
    func next(
        _ sequence: SequenceDefinition, count: Int
    ) throws(DemetraError) -> [Int64] {
        try cell(sequence.id).counter.withLock { known throws(DemetraError) in
            var counter = known ?? start(sequence)
            if counter.left < count {
                let reserved = sequence.numbers(
                    count + Self.reservedCount, after: counter.position)
                guard reserved.numbers.count >= count else { throw sequence.exhausted }
                try log(sequence, reserved.position)
                counter.logged = reserved.position
                counter.left = reserved.numbers.count
            }
            let (numbers, position) = sequence.numbers(count, after: counter.position)
            counter.position = position
            counter.left -= count
            known = counter
            return numbers
        }
    }

    /// Moves a sequence for all sessions, whatever becomes of their transactions.
    func set(
        _ sequence: SequenceDefinition, to position: SequencePosition
    ) throws(DemetraError) {
        try cell(sequence.id).counter.withLock { known throws(DemetraError) in
            try log(sequence, position)
            known = Counter(position: position, logged: position, left: 0)
        }
    }

    /// Writes down where a sequence stands, and gives that: whoever moves it next has to write too.
    func settle(_ sequence: SequenceDefinition) throws(DemetraError) -> SequencePosition {
        try cell(sequence.id).counter.withLock { known throws(DemetraError) in
            let position = (known ?? start(sequence)).position
            if let known, known.logged != position { try log(sequence, position) }
            known = Counter(position: position, logged: position, left: 0)
            return position
        }
    }

    /// Where a sequence stands: the numbers given, not those reserved.
    func position(_ sequence: SequenceDefinition) -> SequencePosition {
        cell(sequence.id).counter.withLock { ($0 ?? start(sequence)).position }
    }

    /// Gives what is reserved and not used back to the log, before the database is closed.
    func settle() throws(DemetraError) {
        let cells = cells.withLock { $0 }
        for (id, cell) in cells.sorted(by: { $0.key < $1.key }) {
            try cell.counter.withLock { counter throws(DemetraError) in
                guard let known = counter, known.position != known.logged,
                    let sequence = store.snapshot().catalog.sequence(id: id)
                else { return }
                try log(sequence, known.position)
                counter = nil
            }
        }
    }

    private func start(_ sequence: SequenceDefinition) -> Counter {
        let position = store.snapshot().position(of: sequence)
        return Counter(position: position, logged: position, left: 0)
    }

    private func log(
        _ sequence: SequenceDefinition, _ position: SequencePosition
    ) throws(DemetraError) {
        var write = WriteTransaction(snapshot: store.snapshot())
        write.move(sequence.id, to: position)
        try store.commit(write)
    }
}

extension SequenceDefinition {
    /// 2200H.
    var exhausted: DemetraError {
        let (what, bound) =
            increment > 0 ? ("maximum", maximum) : ("minimum", minimum)
        return DemetraError(
            .sequenceGeneratorLimitExceeded,
            "nextval: reached \(what) value of sequence \"\(name)\" (\(bound))",
            hint: "Raise it with ALTER SEQUENCE, or let the sequence CYCLE.")
    }
}
