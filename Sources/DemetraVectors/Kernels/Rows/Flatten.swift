extension Vector {
    /// The same rows with a stored value each: neither constant nor dictionary.
    package func flattened() -> Vector { preconditionFailure("filled in by the next commit") }

    /// The same rows, written out if they were a constant; a dictionary stays.
    package func withoutConstant() -> Vector { preconditionFailure("filled in by the next commit") }

    /// Codes and dictionary; nil unless the storage is a dictionary.
    package var dictionary: (codes: Buffer<Int32>, dictionary: VectorDictionary)? {
        preconditionFailure("filled in by the next commit")
    }

    /// Flat text without NULLs as distinct values and a code for each row; nil for all else.
    package func dictionaryEncoded() -> (codes: Buffer<Int32>, dictionary: VectorDictionary)? {
        preconditionFailure("filled in by the next commit")
    }

    /// The same values, NULL where `mask` or this vector says so; `mask` has `count` rows.
    package func masked(by mask: ValidityMask?) -> Vector {
        preconditionFailure("filled in by the next commit")
    }

    /// The same values, NULL where any operand is NULL; all have `count` rows.
    package func masked(byNullsOf operands: [Vector]) -> Vector {
        preconditionFailure("filled in by the next commit")
    }
}
