import DemetraTypes

/// Hashes rows: equal values hash alike.
///
/// Safe because every buffer has `count` elements, and codes are checked against their dictionary.
package enum HashKernel {
    /// A hash for each of the `count` rows over all vectors.
    ///
    /// NULLs hash alike, NaNs too, zero as minus zero, decimals by value whatever their scale,
    /// dictionary text as flat text.
    package static func hash(
        _ vectors: [Vector], count: Int, memo: DictionaryMemo<UInt64>? = nil
    ) -> Buffer<UInt64> {
        guard let first = vectors.first else { return Buffer(repeating: hashSeed, count: count) }
        if vectors.count == 1 { return hash(first, memo) }
        let rows = BufferBuilder<UInt64>(capacity: count)
        rows.pointer.update(repeating: hashSeed, count: count)
        for vector in vectors {
            precondition(vector.count == count, "a key of another length")
            let next = hash(vector, memo)
            combineAll(next.pointer, rows.pointer, count)
        }
        return rows.freeze(count: count)
    }

    private static func hash(
        _ vector: Vector, _ memo: DictionaryMemo<UInt64>?
    ) -> Buffer<UInt64> {
        let vector = vector.comparableArrays
        let count = vector.count
        if case .constant(let box) = vector.storage {
            return Buffer(repeating: hash(box.vector.flattened(), nil)[0], count: count)
        }
        let output = BufferBuilder<UInt64>(capacity: count)
        let hashes = output.pointer
        switch vector.storage {
        case .boolean(let buffer): hashIntegers(buffer.pointer, hashes, count)
        case .int32(let buffer): hashIntegers(buffer.pointer, hashes, count)
        case .int64(let buffer): hashIntegers(buffer.pointer, hashes, count)
        case .float64(let buffer):
            for row in 0..<count { hashes[row] = hashWord(doubleWord(buffer.pointer[row])) }
        case .int128(let buffer):
            for row in 0..<count {
                hashes[row] = hashDecimal(canonicalDecimal(buffer.pointer[row]))
            }
        case .decimal(let buffer):
            for row in 0..<count { hashes[row] = hashDecimal(buffer.pointer[row].canonical) }
        case .interval(let buffer):
            for row in 0..<count {
                hashes[row] = hashDecimal(canonicalDecimal(buffer.pointer[row]))
            }
        case .text(let texts):
            hashTexts(texts.references.pointer, texts.heap.pointer, hashes, count)
        case .dictionary(let codes, let dictionary):
            let distinct =
                memo?.elements(for: dictionary) { self.hashes(of: $0) }
                ?? self.hashes(of: dictionary)
            if distinct.count > 0 {
                precondition(
                    Int(largestUnsigned(codes.pointer, count)) < distinct.count,
                    "a code is outside its dictionary")
                gather(distinct.pointer, codes.pointer, hashes, count)
            } else {
                hashes.update(repeating: nullHash, count: count)
            }
        case .constant: preconditionFailure("constants are hashed above")
        }
        if let validity = vector.validity {
            for row in 0..<count where isSet(validity.words.pointer, row) == 0 {
                hashes[row] = nullHash
            }
        }
        return output.freeze(count: count)
    }

    private static func hashes(of dictionary: VectorDictionary) -> Buffer<UInt64> {
        let output = BufferBuilder<UInt64>(capacity: dictionary.count)
        hashTexts(
            dictionary.values.references.pointer, dictionary.values.heap.pointer, output.pointer,
            dictionary.count)
        return output.freeze(count: dictionary.count)
    }
}

/// The hash of a canonical decimal.
func hashDecimal(_ value: Decimal) -> UInt64 {
    let digits = value.unscaled
    let low = UInt64(truncatingIfNeeded: digits.low)
    let high = UInt64(truncatingIfNeeded: digits.low &>> 64)
    let hash = fold(
        hashWord(low) ^ high ^ (UInt64(truncatingIfNeeded: value.scale) &<< 32), hashFactor)
    guard digits.narrow == nil else { return hash }
    let upper = UInt64(truncatingIfNeeded: digits.high)
    let top = UInt64(truncatingIfNeeded: digits.high &>> 64)
    return combineHashes(hash, fold(hashWord(upper) ^ top, hashFactor))
}

@inline(__always)
private func hashIntegers<Element: FixedWidthInteger>(
    _ source: UnsafePointer<Element>, _ output: UnsafeMutablePointer<UInt64>, _ count: Int
) {
    for row in 0..<count { output[row] = hashWord(UInt64(truncatingIfNeeded: source[row])) }
}

private func hashTexts(
    _ references: UnsafePointer<TextReference>, _ heap: UnsafePointer<UInt8>,
    _ output: UnsafeMutablePointer<UInt64>, _ count: Int
) {
    for row in 0..<count {
        output[row] = hashBytes(
            heap + Int(references[row].offset), Int(references[row].byteCount))
    }
}

private func combineAll(
    _ next: UnsafePointer<UInt64>, _ rows: UnsafeMutablePointer<UInt64>, _ count: Int
) {
    for row in 0..<count { rows[row] = combineHashes(rows[row], next[row]) }
}
