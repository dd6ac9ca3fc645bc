package import DemetraTypes
package import DemetraVectors

/// Values in the binary form of the protocol; see `BinaryValue`.
///
/// Safe because rows are below the count of the vector, whose buffers have an element for each, and no cell that is
/// written here has more than 32 bytes.
package struct BinaryForm: ColumnCells.Form {
    private static let mostBytes = 32

    /// The one form.
    package init() {}

    /// Texts are sent as they are.
    package func isStoredAsShown(_ type: LogicalType) -> Bool { type.isText }

    /// The cells of a vector.
    package func cells(_ vector: Vector) -> ColumnCells {
        let count = vector.count
        switch vector.storage {
        case .boolean(let flags):
            return .written(count, mostBytes: 1) { cursor, row in
                cursor.write(integer: UInt8(flags[row] != 0 ? 1 : 0))
            }
        case .int32(let numbers) where vector.type == .integer:
            return .written(count, mostBytes: 4) { $0.write(integer: numbers.pointer[$1]) }
        case .int64(let numbers) where vector.type == .bigint:
            return .written(count, mostBytes: 8) { $0.write(integer: numbers.pointer[$1]) }
        case .float64(let numbers) where vector.type == .double:
            return .written(count, mostBytes: 8) {
                $0.write(integer: numbers.pointer[$1].bitPattern)
            }
        case .int32(let days) where vector.type == .date:
            return .written(count, mostBytes: 4) {
                $0.write(integer: BinaryValue.days(CalendarDate(days: days.pointer[$1])))
            }
        case .int64(let times) where vector.type == .timestamp || vector.type == .timestamptz:
            return .written(count, mostBytes: 8) {
                $0.write(
                    integer: BinaryValue.microseconds(
                        Timestamp(microseconds: times.pointer[$1])))
            }
        case .int64(let numbers) where vector.type.isNumeric && vector.type.numericScale <= 18:
            let scale = vector.type.numericScale
            return .written(count, mostBytes: Self.mostBytes) {
                BinaryNumeric.write(numbers.pointer[$1], scale: scale, to: &$0)
            }
        default:
            return .appended(vector) { BinaryValue.append(vector, row: $0, to: &$1) }
        }
    }
}

extension TextCursor {
    /// Writes an integer, most significant byte first.
    @inline(__always)
    mutating func write<Number: FixedWidthInteger>(integer: Number) {
        var rest = MemoryLayout<Number>.size * 8
        while rest > 0 {
            rest -= 8
            write(byte: UInt8(truncatingIfNeeded: integer >> Number(truncatingIfNeeded: rest)))
        }
    }
}
