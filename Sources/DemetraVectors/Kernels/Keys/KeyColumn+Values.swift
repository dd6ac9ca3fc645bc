import DemetraTypes

extension KeyColumn {
    /// The key of each group, read back from the groups' words.
    ///
    /// Safe because `words` holds `count` rows of `wordCount` words, which this column packed.
    func values(of words: UnsafePointer<UInt64>, wordCount: Int, count: Int) -> Vector {
        let numbers = BufferBuilder<Int64>(capacity: count)
        let base = kind == .integer ? field.base : 0
        unpackField(words + field.word, wordCount, field, base, numbers.pointer, count)
        let validity = nulls(of: words, wordCount: wordCount, count: count)
        if let validity, validity.nullCount == count { return .nulls(type, count: count) }
        return Vector(
            type: type, count: count, validity: validity,
            storage: storage(numbers.freeze(count: count)))
    }

    private func nulls(
        of words: UnsafePointer<UInt64>, wordCount: Int, count: Int
    ) -> ValidityMask? {
        guard field.isNullable else { return nil }
        let bytes = BufferBuilder<UInt8>(capacity: count)
        for group in 0..<count {
            let word = words[group &* wordCount &+ field.nullWord]
            bytes.pointer[group] = UInt8(
                truncatingIfNeeded: ((word &>> UInt64(field.nullShift)) & 1) ^ 1)
        }
        return .packing(bytes.pointer, count: count)
    }

    private func storage(_ numbers: Buffer<Int64>) -> VectorStorage {
        switch type.physicalType {
        case .boolean: .boolean(narrowed(numbers))
        case .int32: .int32(narrowed(numbers))
        case .int64: .int64(numbers)
        case .float64:
            .float64(Buffer(numbers.array.map { Double(bitPattern: UInt64(bitPattern: $0)) }))
        case .text:
            .dictionary(codes: narrowed(numbers), VectorDictionary(values: texts.texts()))
        case .int128, .decimal, .interval: decimalStorage(narrowed(numbers))
        }
    }

    private func decimalStorage(_ codes: Buffer<Int32>) -> VectorStorage {
        decimals.storage(codes.pointer, codes.count, type.physicalType)
    }

    /// NULL rows hold distance 0, which may be the base: still a value of the type.
    private func narrowed<Element: FixedWidthInteger & BitwiseCopyable>(
        _ numbers: Buffer<Int64>
    ) -> Buffer<Element> {
        let output = BufferBuilder<Element>(capacity: numbers.count)
        for row in 0..<numbers.count {
            output.pointer[row] = Element(truncatingIfNeeded: numbers.pointer[row])
        }
        return output.freeze(count: numbers.count)
    }

    /// Writes the groups' keys at their new place; the table swaps words and fields afterwards.
    func move(
        _ source: UnsafePointer<UInt64>, _ sourceWordCount: Int,
        to target: UnsafeMutablePointer<UInt64>, _ targetWordCount: Int, _ new: KeyField,
        count: Int
    ) {
        // Codes and doubles have base 0 in both places.
        let moved = UInt64(bitPattern: field.base &- new.base)
        let (mask, newMask) = (field.mask, new.mask)
        let (shift, newShift) = (UInt64(field.shift), UInt64(new.shift))
        for group in 0..<count {
            let isNull =
                field.isNullable
                ? (source[group &* sourceWordCount &+ field.nullWord] &>> UInt64(field.nullShift))
                    & 1
                : 0
            let value = (source[group &* sourceWordCount &+ field.word] &>> shift) & mask
            // NULL keeps value 0 wherever the base is.
            let packed = isNull == 1 ? 0 : (value &+ moved) & newMask
            target[group &* targetWordCount &+ new.word] |= packed &<< newShift
            if new.isNullable {
                target[group &* targetWordCount &+ new.nullWord] |=
                    isNull &<< UInt64(new.nullShift)
            }
        }
    }
}

private func unpackField(
    _ words: UnsafePointer<UInt64>, _ stride: Int, _ field: KeyField, _ base: Int64,
    _ output: UnsafeMutablePointer<Int64>, _ count: Int
) {
    let (mask, shift) = (field.mask, UInt64(field.shift))
    for group in 0..<count {
        output[group] = Int64(bitPattern: (words[group &* stride] &>> shift) & mask) &+ base
    }
}
