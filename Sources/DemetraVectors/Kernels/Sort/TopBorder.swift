package import DemetraTypes

/// Which rows can still be among the first of a sort, told by the first key alone.
///
/// Safe because no more rows are kept than the output has room for.
///
/// Images are equal in meaning from batch to batch; ties on the border stay, as later keys decide them.
package enum TopBorder {
    /// True for types whose values can be compared with a border.
    package static func exists(for type: LogicalType) -> Bool { SortImage.hasLastingImages(type) }

    /// The rows whose image is not above `border`, which is `UInt64.max` while there is none; nil when all are.
    package static func rows(
        _ key: SortKey, count: Int, within border: UInt64
    ) -> SelectionVector? {
        guard border != .max, let images = SortImage.lastingImages(key, count: count) else {
            return nil
        }
        let output = BufferBuilder<Int32>(capacity: count)
        var kept = 0
        for row in 0..<count {
            output.pointer[kept] = Int32(truncatingIfNeeded: row)
            kept &+= one(images[row] <= border)
        }
        return kept == count ? nil : SelectionVector(output.freeze(count: kept))
    }

    /// The greatest image among the rows of a key: the border once as many rows as wanted are kept.
    package static func greatest(_ key: SortKey, count: Int) -> UInt64 {
        SortImage.lastingImages(key, count: count)?.max() ?? .max
    }

    /// The least image a row of a chunk can have whose values lie in `minimum ... maximum`; nil when nothing
    /// can be said.
    package static func least(
        minimum: Value, maximum: Value, hasNulls: Bool, descending: Bool, nullsFirst: Bool,
        type: LogicalType
    ) -> UInt64? {
        if hasNulls, nullsFirst { return 0 }
        guard exists(for: type) else { return nil }
        let key = SortKey(
            Vector([descending ? maximum : minimum], type: type), descending: descending,
            nullsFirst: nullsFirst)
        return SortImage.lastingImages(key, count: 1)?[0]
    }
}
