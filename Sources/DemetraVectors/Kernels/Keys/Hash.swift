/// Hashes rows: equal values hash alike.
package enum HashKernel {
    /// A hash for each of the `count` rows over all vectors.
    ///
    /// NULLs hash alike, NaNs too, zero as minus zero, decimals by value whatever their scale,
    /// dictionary text as flat text.
    package static func hash(
        _ vectors: [Vector], count: Int, memo: DictionaryMemo<UInt64>? = nil
    ) -> Buffer<UInt64> { preconditionFailure("filled in by the next commit") }
}
