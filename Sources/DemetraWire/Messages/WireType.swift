import Demetra

/// How PostgreSQL numbers and sizes the types of columns.
struct WireType: Sendable {
    /// The type's OID.
    let objectID: Int32
    /// Bytes of a value, or -1 when it varies.
    let byteCount: Int16
    /// Length, precision and scale as `atttypmod` packs them, or -1.
    let modifier: Int32

    init(_ type: LogicalType) {
        let number = type.objectID
        objectID = Int32(bitPattern: number)
        byteCount = CatalogType.numbered(Int64(number)).map { Int16($0.byteCount) } ?? -1
        modifier = Int32(truncatingIfNeeded: CatalogType.modifier(of: type))
    }
}
