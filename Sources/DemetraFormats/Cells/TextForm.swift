package import DemetraTypes
package import DemetraVectors

/// Values as the text protocol, COPY and CSV show them.
///
/// Safe because rows are below the count of the vector, whose buffers have an element for each.
package struct TextForm: ColumnCells.Form {
    private let zone: TimeZoneRules

    /// - Parameter zone: the zone in which instants are shown.
    package init(zone: TimeZoneRules) { self.zone = zone }

    /// Texts look as they are.
    package func isStoredAsShown(_ type: LogicalType) -> Bool { type.isStoredAsShown }

    /// Appends the bytes of one row, which must not be NULL: for rows so few that columns do not pay.
    package func append(_ vector: Vector, row: Int, to bytes: inout [UInt8]) {
        if vector.type == .boolean {
            let isTrue = vector.value(at: row) == .boolean(true)
            bytes.append(UInt8(ascii: isTrue ? "t" : "f"))
        } else {
            appendText(vector, row: row, zone: zone, to: &bytes)
        }
    }

    /// The cells of a vector.
    package func cells(_ vector: Vector) -> ColumnCells {
        let count = vector.count
        switch vector.storage {
        case .boolean(let flags):
            return .written(count, mostBytes: 1) { cursor, row in
                cursor.write(character: flags[row] != 0 ? "t" : "f")
            }
        case .int32(let numbers) where vector.type.isInteger:
            return .written(count, mostBytes: 11) { $0.write(Int64(numbers.pointer[$1])) }
        case .int64(let numbers) where vector.type == .bigint:
            return .written(count, mostBytes: 20) { $0.write(numbers.pointer[$1]) }
        case .int32(let days) where vector.type == .date:
            return .written(count) { $0.write(CalendarDate(days: days.pointer[$1])) }
        case .int64(let times) where vector.type == .timestamp:
            return .written(count) { $0.write(Timestamp(microseconds: times.pointer[$1])) }
        case .int64(let times) where vector.type == .timestamptz:
            return .written(count) {
                $0.write(Timestamp(microseconds: times.pointer[$1]), zone: zone)
            }
        case .int64(let numbers) where vector.type.isNumeric && vector.type.numericScale <= 18:
            let scale = vector.type.numericScale
            return .written(count) { $0.write(numbers.pointer[$1], scale: scale) }
        case .float64(let numbers) where vector.type == .double:
            return .written(count) { $0.write(numbers.pointer[$1]) }
        default:
            return .appended(vector) { appendText(vector, row: $0, zone: zone, to: &$1) }
        }
    }
}
