import DemetraTypes
import DemetraVectors

/// When the rows of a table with history were added, and when it was changed at all.
///
/// Row ids are given in the order of commits, so the commit of a row follows from its id: it is that of the
/// last entry that begins at or before it. No row carries its commit along. A commit that only hides rows has
/// an entry too, which begins where the next commit's rows will.
///
///     base       everything older: rows below the first entry, hidden rows that are forgotten
///     entry      commit 41, 09:30:00.000001    rows from 0
///     entry      commit 43, 09:31:12.000417    rows from 1000
///
/// - Invariant: entries ascend strictly by commit and time, and do not descend by row; all are behind `base`.
struct Timeline: Sendable {
    /// A commit, and the id that the first of its rows got.
    struct Entry: Sendable {
        let first: Int64
        let moment: CommitMoment
    }

    /// Entries of a full chunk; a commit copies the open one at most.
    private static let chunkCapacity = 512

    /// The earliest state that is known as a whole.
    let base: CommitMoment
    private var chunks: [[Entry]] = []
    private var open: [Entry] = []

    init(base: CommitMoment) { self.base = base }

    init(base: CommitMoment, entries: some Sequence<Entry>) {
        self.base = base
        for entry in entries { append(entry) }
    }

    private mutating func append(_ entry: Entry) {
        if open.count == Self.chunkCapacity {
            chunks.append(open)
            open = []
        }
        open.append(entry)
    }

    var count: Int { chunks.count * Self.chunkCapacity + open.count }

    /// The last commit of the table that is known.
    var last: CommitMoment? { count > 0 ? self[count - 1].moment : nil }

    subscript(index: Int) -> Entry {
        let chunk = index / Self.chunkCapacity
        return chunk < chunks.count
            ? chunks[chunk][index % Self.chunkCapacity] : open[index % Self.chunkCapacity]
    }

    /// The timeline with a commit more.
    ///
    /// - Parameter first: the id that the table's next row gets.
    func adding(first: Int64, _ moment: CommitMoment) -> Timeline {
        let last = count > 0 ? self[count - 1].moment : base
        guard last.sequence < moment.sequence else { return self }
        var result = self
        result.append(Entry(first: first, moment: moment))
        return result
    }

    /// The number of entries before the first one that is behind a border.
    private func border(isBehind: (Entry) -> Bool) -> Int {
        (0..<count).border { isBehind(self[$0]) }
    }

    /// The last commit of the table as of a time; nil when that is before everything known.
    func moment(at time: Timestamp) -> CommitMoment? {
        guard time >= base.time else { return nil }
        let end = border { $0.moment.time > time }
        return end == 0 ? base : self[end - 1].moment
    }

    /// Rows from this id on were added after a commit.
    func firstRow(after sequence: CommitSequence) -> Int64 {
        let next = border { $0.moment.sequence > sequence }
        return next < count ? self[next].first : .max
    }

    /// Which commit a row became visible by, as the number of entries up to it: 0 is the base.
    func span(ofRow id: Int64) -> Int { border { $0.first > id } }

    /// As `span(ofRow:)`, of the last commit that is not after another.
    func span(of sequence: CommitSequence) -> Int { border { $0.moment.sequence > sequence } }

    /// The commit that added a row, as far as it is known: the base for all before it.
    func sequence(ofRow id: Int64) -> CommitSequence {
        let span = span(ofRow: id)
        return span == 0 ? base.sequence : self[span - 1].moment.sequence
    }

    /// The commits of the table after one and not after another.
    func entries(
        after lower: CommitSequence, through upper: CommitSequence
    ) -> [Entry] {
        let start = border { $0.moment.sequence > lower }
        let end = max(start, border { $0.moment.sequence > upper })
        return (start..<end).map { self[$0] }
    }

    /// The timeline that begins at a later state; what was before becomes one.
    func beginning(at moment: CommitMoment) -> Timeline {
        guard moment.sequence > base.sequence else { return self }
        let start = border { $0.moment.sequence > moment.sequence }
        return Timeline(base: moment, entries: (start..<count).lazy.map { self[$0] })
    }

    // MARK: Bytes

    func encode(into writer: inout ByteWriter) {
        writer.write(base.sequence.number)
        writer.write(base.time.microseconds)
        writer.write(UInt32(count))
        guard count > 0 else { return }
        let entries = (0..<count).map { self[$0] }
        for column in [
            entries.map(\.first), entries.map { Int64(bitPattern: $0.moment.sequence.number) },
            entries.map(\.moment.time.microseconds),
        ] {
            IntegerEncoding.encode(Buffer(column), count, into: &writer)
        }
    }

    static func decode(_ reader: inout ByteReader) throws(DemetraError) -> Timeline {
        let base = CommitMoment(
            sequence: CommitSequence(number: try reader.integer(UInt64.self)),
            time: Timestamp(microseconds: try reader.integer(Int64.self)))
        let count = Int(try reader.integer(UInt32.self))
        guard count <= LogRecord.longest / 8 else { throw reader.damaged("a count") }
        var timeline = Timeline(base: base)
        guard count > 0 else { return timeline }
        let firsts = try IntegerEncoding.decode(&reader, count, as: Int64.self)
        let sequences = try IntegerEncoding.decode(&reader, count, as: Int64.self)
        let times = try IntegerEncoding.decode(&reader, count, as: Int64.self)
        var last = Entry(first: 0, moment: base)
        for index in 0..<count {
            let entry = Entry(
                first: firsts[index],
                moment: CommitMoment(
                    sequence: CommitSequence(number: UInt64(bitPattern: sequences[index])),
                    time: Timestamp(microseconds: times[index])))
            guard entry.first >= last.first, entry.moment.sequence > last.moment.sequence,
                entry.moment.time > last.moment.time
            else { throw reader.damaged("a commit of a table") }
            timeline.append(entry)
            last = entry
        }
        return timeline
    }
}
