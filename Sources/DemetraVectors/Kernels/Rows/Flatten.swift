// Safe because codes are checked against their dictionary before they are gathered.

extension Vector {
    /// The same rows with a stored value each: neither constant nor dictionary.
    package func flattened() -> Vector {
        switch storage {
        case .constant(let one): one.vector.flattened().repeated(count)
        case .dictionary(let codes, let dictionary):
            Vector(
                type: type, count: count, validity: validity,
                storage: .text(
                    TextBuffer(
                        references: Gather(rows: checked(codes, dictionary))
                            .transform(dictionary.values.references),
                        heap: dictionary.values.heap)))
        default: self
        }
    }

    /// The same rows, written out if they were a constant; a dictionary stays.
    package func withoutConstant() -> Vector {
        guard case .constant(let one) = storage else { return self }
        return one.vector.repeated(count)
    }

    /// Codes and dictionary; nil unless the storage is a dictionary.
    package var dictionary: (codes: Buffer<Int32>, dictionary: VectorDictionary)? {
        guard case .dictionary(let codes, let dictionary) = storage else { return nil }
        return (codes, dictionary)
    }

    /// Flat text without NULLs as distinct values and a code for each row; nil for all else.
    package func dictionaryEncoded() -> (codes: Buffer<Int32>, dictionary: VectorDictionary)? {
        guard case .text(let texts) = storage, validity == nil else { return nil }
        var interner = TextInterner(capacity: min(count, 256))
        let codes = BufferBuilder<Int32>(capacity: count)
        guard interner.intern(texts, from: 0, count: count, validity: nil, codes.pointer) else {
            return nil
        }
        return (codes.freeze(count: count), VectorDictionary(values: interner.texts()))
    }

    /// The same values, NULL where `mask` or this vector says so; `mask` has `count` rows.
    package func masked(by mask: ValidityMask?) -> Vector {
        guard let mask, mask.nullCount > 0 else { return self }
        precondition(mask.count == count, "a mask of another length")
        if mask.nullCount == count { return .nulls(type, count: count) }
        let source = withoutConstant()
        return Vector(
            type: type, count: count, validity: .and(source.validity, mask),
            storage: source.storage)
    }

    /// The same values, NULL where any operand is NULL; all have `count` rows.
    package func masked(byNullsOf operands: [Vector]) -> Vector {
        var mask: ValidityMask?
        for operand in operands {
            if operand.isConstant, operand.hasNulls { return .nulls(type, count: count) }
            mask = .and(mask, operand.validity)
        }
        return masked(by: mask)
    }

    /// The only row of this vector, `count` times, stored.
    private func repeated(_ count: Int) -> Vector {
        if count == 1 { return self }
        let rows = Buffer<Int32>(repeating: 0, count: count)
        return taking(rows: rows)
    }

    private func checked(_ codes: Buffer<Int32>, _ dictionary: VectorDictionary) -> Buffer<Int32> {
        precondition(
            codes.count == 0
                || Int(largestUnsigned(codes.pointer, codes.count)) < dictionary.count,
            "a code is outside its dictionary")
        return codes
    }
}
