package import DemetraTypes
package import DemetraVectors

/// Values in the binary form of the protocol, where it varies in length; see `BinaryValue` and `FixedCells`.
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
