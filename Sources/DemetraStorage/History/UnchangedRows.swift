import DemetraCatalog
import DemetraTypes
import DemetraVectors

extension TableState {
    /// Which incoming rows say the same as the stored rows that they would replace.
    ///
    /// Such a row would be a version that explains nothing, and one more row to read: connectors send the last weeks
    /// again every day, and most of it is as it was. In a table with history they are always found; in others where
    /// that costs little, because the rows lie close together or in memory.
    ///
    /// - Parameter existing: for each incoming row the id of the stored row, or -1.
    /// - Returns: a flag for each incoming row; nil when none is known to be the same.
    func unchanged(
        _ existing: [Int64], _ columns: [Vector]
    ) throws(DemetraError) -> [Bool]? {
        let hits = existing.indices.filter { existing[$0] >= 0 }
        guard !hits.isEmpty else { return nil }
        let places = try places(hits.map { RowID(number: existing[$0]) })
        guard timeline != nil || isDense(places) else { return nil }
        let stored = RowGathering(places)
        let rows = Buffer(hits.map { Int32($0) })
        var differs = [Bool](repeating: false, count: hits.count)
        for (column, incoming) in columns.enumerated() {
            let old = try stored.column(column, of: self)
            let distinct = CompareKernel.isDistinct(old, incoming.taking(rows: rows)).flattened()
            guard case .boolean(let flags) = distinct.storage else { return nil }
            for index in hits.indices where flags[index] != 0 { differs[index] = true }
            if !differs.contains(false) { return nil }
        }
        var result = [Bool](repeating: false, count: existing.count)
        for (index, hit) in hits.enumerated() where !differs[index] { result[hit] = true }
        return result
    }

    /// Whether a fair part of the groups that have the rows is among the rows.
    private func isDense(_ places: [RowPlace]) -> Bool {
        var stored = 0
        for position in Set(places.map(\.group)) {
            let group = groups[position].group
            if group.segment != nil { stored += group.count }
        }
        return stored <= places.count * Self.rowsPerComparedRow
    }

    /// Without history, rows are compared when they are one in so many of their groups: unpacking the columns of a
    /// group for a few of its rows costs more than it saves.
    private static let rowsPerComparedRow = 16

    /// Where rows are that are known to be there.
    func places(_ ids: [RowID]) throws(DemetraError) -> [RowPlace] {
        var places: [RowPlace] = []
        places.reserveCapacity(ids.count)
        for (id, place) in zip(ids, try self.places(of: ids.map(\.number))) {
            guard let place else {
                throw DemetraError(.internalError, "row \(id.number) is not there")
            }
            places.append(RowPlace(group: place.position, row: place.row))
        }
        return places
    }
}

/// A row by the position of its group in the table and its place there.
struct RowPlace: Sendable {
    let group: Int
    let row: Int

    /// No row.
    static let nowhere = RowPlace(group: -1, row: -1)
}

/// Rows anywhere in a table, to fetch columns of: group by group, then put into the order that was asked for.
struct RowGathering {
    private var parts: [(group: Int, rows: Buffer<Int32>)] = []
    /// Where among the parts each row is, or -1; nil when they are in order.
    private var order: Buffer<Int32>?
    private let count: Int

    init(_ places: [RowPlace]) {
        count = places.count
        var members: [Int: [Int]] = [:]
        var last = (group: -1, members: [Int]())
        // Neighbours are mostly of one group: the table of groups is asked once for each run of them.
        func close() {
            if last.group >= 0 { members[last.group, default: []] += last.members }
        }
        for (index, place) in places.enumerated() {
            if place.group != last.group {
                close()
                last = (place.group, [])
            }
            last.members.append(index)
        }
        close()
        var target = [Int32](repeating: -1, count: places.count)
        var next: Int32 = 0
        for (group, members) in members.sorted(by: { $0.key < $1.key }) {
            parts.append((group, Buffer(members.map { Int32(places[$0].row) })))
            for member in members {
                target[member] = next
                next += 1
            }
        }
        let isInOrder = target.enumerated().allSatisfy { Int($1) == $0 }
        order = isInOrder ? nil : Buffer(target)
    }

    /// The rows' values of a column, NULL for those that are nowhere.
    ///
    /// - Throws: XX001 when a chunk is damaged, 58030 when it cannot be read.
    func column(_ column: Int, of state: TableState) throws(DemetraError) -> Vector {
        let type = state.definition.columns[column].type
        guard !parts.isEmpty else { return .nulls(type, count: count) }
        var vectors: [Vector] = []
        for (group, rows) in parts {
            let whole = try state.groups[group].group.vector(column)
            vectors.append(whole.taking(rows: rows).withoutConstant())
        }
        let joined = try Vector.concatenating(vectors, type: type)
        return order.map { joined.takingOptional(rows: $0) } ?? joined
    }
}
