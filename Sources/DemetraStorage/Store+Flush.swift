import DemetraCatalog
import DemetraTypes
import Synchronization

// Flushes: the writer is held for a moment at the beginning, to seal the memtable and cut the log, and for a
// moment at the end, to put the new segments in its place. What is between takes time and holds nobody.

extension Store {
    /// Whether a flush should begin.
    enum FlushNeed {
        case none
        case soon
        /// The memtable is so large that commits wait.
        case now
    }

    func flushNeed(_ writer: inout Writer) -> FlushNeed {
        let bytes = countMemtable()
        // With little memory the memtable gets an eighth of it.
        let limit = min(writer.flushBytes, memory.limitBytes / 8)
        if bytes > limit * StoreConfiguration.memtableOverdraft { return .now }
        let isDue =
            bytes > limit || writer.log.bytesSinceFlush > configuration.logBytes
            || writer.known.count >= writer.settledSegments + StoreConfiguration.loggedSegments
            || snapshot().hiddenCount >= writer.settledHidden + StoreConfiguration.loggedHidden
        return isDue ? .soon : .none
    }

    /// The bytes of the memtable, which from now on count as used.
    @discardableResult
    private func countMemtable() -> Int {
        let bytes = snapshot().states.values.reduce(0) { $0 + $1.memoryBytes }
        memtable.charge(bytes - memtable.usedBytes)
        return bytes
    }

    /// Begins a flush unless one is under way.
    func startFlush(_ need: FlushNeed) {
        guard need != .none else { return }
        let begins = state.withLock { state in
            guard !state.isFlushing, !state.isClosed, state.poison == nil else { return false }
            state.isFlushing = true
            return true
        }
        if begins {
            let isStarted =
                configuration.flushesInBackground
                && SystemThread.start {
                    SystemThread.giveWay()
                    self.endFlush(self.flushAndCompact())
                }
            if !isStarted { endFlush(flushAndCompact()) }
        }
        if need == .now { _ = state.wait { $0.isFlushing ? nil : true } }
    }

    /// Waits until no flush is under way, and takes the right to one.
    func beginFlush() {
        _ = state.wait { state -> Bool? in
            if state.isFlushing { return nil }
            state.isFlushing = true
            return true
        }
    }

    /// Gives the right to flush back.
    func endFlush(_ failure: DemetraError?) {
        state.withLock(notify: true) { state in
            state.isFlushing = false
            state.flushFailure = failure
        }
    }

    /// A flush, whoever has the right to one.
    ///
    /// - Returns: what it failed with; nothing is lost then.
    func runFlush() -> DemetraError? { rewrite(.flush) }

    /// A pass over the database, by whoever has the right to flush.
    ///
    /// - Returns: what it failed with; everything is as it was then.
    func rewrite(_ scope: RewriteScope) -> DemetraError? {
        if let poison = state.withLock({ $0.poison }) { return poison }
        do throws(DemetraError) {
            guard let (run, firstLog, number) = try sealMemtable(scope) else { return nil }
            let tables = try run.writeSegments()
            do throws(ManifestFile.Failure) {
                try ManifestFile(directory: directory).write(
                    run.manifest(tables, firstLog: firstLog), number: number)
            } catch {
                throw failed(tables, error)
            }
            try publish(run, tables, number)
            directory.removeFiles(beforeLog: firstLog, beforeManifest: number)
            return nil
        } catch {
            if case .flush = scope { postponeFlush() }
            return error
        }
    }

    /// The next file of the log begins, and rows so far keep their groups; nil when nothing was committed
    /// since the last flush, and that is all there is to do.
    private func sealMemtable(
        _ scope: RewriteScope
    ) throws(DemetraError) -> (FlushRun, Int64, Int64)? {
        try writer.withLock { writer throws(DemetraError) -> (FlushRun, Int64, Int64)? in
            let snapshot = snapshot()
            if case .flush = scope, snapshot.sequence.number <= writer.floor,
                !snapshot.hasTemporaryRowsInMemory
            {
                return nil
            }
            try writer.log.rotateForFlush()
            let sealed = snapshot.sealed()
            let next = try hideUnplaced(sealed, writer.log, writer.unplaced)
            current.withLock { $0 = next }
            let run = FlushRun(
                directory: directory, snapshot: sealed, known: writer.known, now: clock.now(),
                threadCount: configuration.processorCount, scope: scope, spoiled: spoiled,
                memory: memory.child("compaction"),
                isCancelled: { [self] in state.withLock { $0.isHurried } })
            return (run, writer.log.number, writer.manifestNumber + 1)
        }
    }

    /// Begins the log that was just cut with what its earlier part hides and no manifest can say: which rows of
    /// damaged segments are hidden. A commit of its own, so that no manifest includes it.
    private func hideUnplaced(
        _ snapshot: Snapshot, _ log: WriteAheadLog, _ unplaced: [TableID: [RowID]]
    ) throws(DemetraError) -> Snapshot {
        let changes = unplaced.filter { snapshot.states[$0.key] != nil }
            .sorted { $0.key < $1.key }.map { LoggedChange.hide($0.key, $0.value) }
        guard !changes.isEmpty else { return snapshot }
        let moment = snapshot.moment.next(at: clock.now())
        let commit = LogRecord.Commit(
            time: moment.time, payload: TransactionCodec.encode(changes))
        do throws(WriteAheadLog.Failure) {
            try log.write(LogRecord(sequence: moment.sequence.number, commits: [commit]))
        } catch {
            switch error {
            case .undone(let cause): throw cause
            case .unknown(let cause):
                let poison = Self.poison(cause)
                state.withLock(notify: true) { $0.poison = poison }
                throw poison
            }
        }
        return Snapshot(
            catalog: snapshot.catalog, moment: moment, states: snapshot.states,
            ledger: snapshot.ledger, sequences: snapshot.sequences)
    }

    private func failed(
        _ tables: [TableID: FlushRun.Table], _ failure: ManifestFile.Failure
    ) -> DemetraError {
        switch failure {
        case .before(let error):
            for table in tables.values { for segment in table.new { segment.reader.drop() } }
            return error
        case .during(let error):
            // After a crash either manifest may count: all files stay, and nothing is written any more.
            let poison = Self.poison(error)
            state.withLock(notify: true) { $0.poison = poison }
            return poison
        }
    }

    /// Shows readers the segments in the place of what they were made from.
    private func publish(
        _ run: FlushRun, _ tables: [TableID: FlushRun.Table], _ number: Int64
    ) throws(DemetraError) {
        try writer.withLock { writer throws(DemetraError) in
            let before = snapshot()
            var states = before.states
            for (id, table) in tables {
                guard let state = states[id] else { continue }
                let groups = table.new.flatMap { $0.groups(state.definition) }
                states[id] = try state.replacing(table.old, by: groups, base: table.base)
            }
            let after = Snapshot(
                catalog: before.catalog, moment: before.moment, states: states,
                ledger: before.ledger, sequences: before.sequences)
            current.withLock { $0 = after }
            countMemtable()
            // Of the segments that the flush knew, those that its manifest does not name are done with.
            var live: Set<SegmentID> = []
            for table in tables.values {
                for visible in table.state.groups where table.old[visible.group.first] == nil {
                    if let place = visible.group.segment { live.insert(place.id) }
                }
                for segment in table.new {
                    live.insert(segment.reader.id)
                    writer.known[segment.reader.id] = KnownSegment(segment.reader)
                }
            }
            for (id, segment) in run.known where !live.contains(id) {
                segment.reader?.drop()
                writer.known[id] = nil
            }
            writer.manifestNumber = number
            writer.floor = run.snapshot.sequence.number
            writer.flushBytes = configuration.memtableBytes
            writer.settledSegments = writer.known.count
            writer.settledHidden = after.hiddenCount
        }
    }

    /// After a failure the next flush waits for more rows: a full disk is not asked at every commit.
    private func postponeFlush() {
        writer.withLock { writer in
            let bytes = snapshot().states.values.reduce(0) { $0 + $1.memoryBytes }
            writer.flushBytes = bytes + configuration.memtableBytes
        }
    }
}
