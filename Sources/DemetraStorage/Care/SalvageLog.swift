import DemetraCatalog
import DemetraTypes

/// Replays the log of a damaged database: every record that is whole, also behind a damaged one.
///
/// A later record is taken where it still fits. Row ids make that safe: they say where rows belong, so rows of
/// a lost record leave a gap and nothing is put in a wrong place. The result may be a state that no commit
/// ever had; the report names the commits that are missing.
struct SalvageLog {
    private(set) var builder: CommitBuilder
    /// True when a commit is missing.
    private(set) var isBroken = false
    private let directory: DatabaseDirectory
    private let base: SalvageStart
    private var sequence: UInt64
    /// Rows that a lost record had added, by their first id.
    private var gaps: [(table: String, rows: Range<Int64>, file: String)] = []

    init(directory: DatabaseDirectory, base: SalvageStart, configuration: StoreConfiguration) {
        self.directory = directory
        self.base = base
        sequence = base.moment.sequence.number
        builder = CommitBuilder(
            Snapshot(
                catalog: base.catalog, moment: base.moment, states: base.states,
                ledger: base.ledger, sequences: base.sequences),
            moment: base.moment, directory: directory, configuration: configuration)
    }

    mutating func replay(_ report: inout SalvageReport) {
        let numbers = ((try? directory.logNumbers()) ?? []).filter { $0 >= base.firstLog }
        var next = base.firstLog
        for number in numbers {
            if base.isCurrent, number > next {
                miss(directory.logName(next), nil, "the file is missing", &report)
            }
            next = number + 1
            replay(directory.logName(number), isLast: number == numbers.last, &report)
        }
        if base.isCurrent, numbers.isEmpty {
            miss(directory.logName(next), nil, "the file is missing", &report)
        }
        for gap in gaps {
            report.losses.append(
                SalvageReport.Loss(
                    table: gap.table, file: gap.file, rowCount: gap.rows.count,
                    rows: gap.rows.lowerBound...(gap.rows.upperBound - 1),
                    reason: "they were added by commits that are lost"))
        }
    }

    private mutating func replay(_ name: String, isLast: Bool, _ report: inout SalvageReport) {
        let bytes: [UInt8]
        do throws(DemetraError) {
            bytes = try ClosedDatabase.bytes(name, directory)
        } catch {
            return miss(name, nil, error.message, &report)
        }
        let pieces = LogPiece.pieces(of: bytes, name: name, after: sequence)
        for (index, piece) in pieces.enumerated() {
            switch piece {
            case .record(let record, _):
                for (index, commit) in record.commits.enumerated() {
                    replay(commit, record.sequence + UInt64(index), name, &report)
                }
            case .bad(let offset, let end, let stored, let computed):
                // What ends the last file may have been torn by a crash: nobody was told that it is there.
                if isLast, index == pieces.count - 1 {
                    report.warnings.append(
                        "\(end - offset) bytes that end \"\(name)\" are no whole record: an unfinished "
                            + "commit, or a damaged one")
                    continue
                }
                var reason = "\(end - offset) bytes at offset \(offset) are no record"
                if let stored, let computed {
                    reason +=
                        ": stored crc32c \(Checksum.text(stored)), computed "
                        + Checksum.text(computed)
                }
                miss(name, "byte \(offset)", reason, &report)
            }
        }
    }

    private mutating func miss(
        _ file: String, _ place: String?, _ reason: String, _ report: inout SalvageReport
    ) {
        isBroken = true
        report.losses.append(SalvageReport.Loss(file: file, place: place, reason: reason))
    }

    private mutating func replay(
        _ commit: LogRecord.Commit, _ number: UInt64, _ name: String,
        _ report: inout SalvageReport
    ) {
        guard number > sequence else { return }
        if number > sequence + 1, base.isCurrent || sequence > base.moment.sequence.number {
            isBroken = true
            report.losses.append(
                SalvageReport.Loss(
                    file: name,
                    place: number == sequence + 2
                        ? "commit \(sequence + 1)" : "commits \(sequence + 1) to \(number - 1)",
                    reason: "they are not in the log"))
        }
        sequence = number
        let moment = CommitMoment(sequence: CommitSequence(number: number), time: commit.time)
        do throws(DemetraError) {
            let changes = try TransactionCodec.decode(commit.payload, name: "\"\(name)\"")
            for change in changes { replay(change, moment, name, &report) }
        } catch {
            miss(name, "commit \(number)", error.message, &report)
        }
    }

    private mutating func replay(
        _ change: LoggedChange, _ moment: CommitMoment, _ name: String,
        _ report: inout SalvageReport
    ) {
        var change = change
        switch change {
        case .insert(let table, let first, let vectors, let count):
            guard let state = builder.states[table] else { break }
            // The segments hold rows of that age already.
            if !base.isCurrent, first < base.flushedRows[table] ?? 0 { return }
            if !base.isCurrent, first < state.nextRow {
                // Ids that a segment was given anew.
                change = .insert(table, first: state.nextRow, vectors, count: count)
            }
            leaveGap(state, before: first, name)
        case .attach(let record):
            guard let state = builder.states[record.table] else { break }
            if base.known[record.id] != nil { return }
            if let first = record.groups.map(\.first).min() {
                leaveGap(state, before: record.base + first, name)
            }
        default: break
        }
        do throws(DemetraError) {
            try builder.replay([change], moment)
        } catch {
            miss(name, "commit \(moment.sequence.number)", error.message, &report)
        }
    }

    /// Ids that a lost record had given are not given again.
    private mutating func leaveGap(_ state: TableState, before first: Int64, _ file: String) {
        guard first > state.nextRow else { return }
        let name = state.definition.name
        if base.isCurrent { gaps.append((name, state.nextRow..<first, file)) }
        builder.skipRows(of: state.definition.id, to: first)
    }
}
