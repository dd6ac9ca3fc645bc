import DemetraTypes

/// Sort keys as bytes that compare, from the first on, as the values of the keys do: direction and place of NULLs
/// included. Rows that were sorted apart are merged by them, whatever the types of their keys.
///
///     place       1 byte, between those of NULLs: nothing follows a NULL
///     integers    big-endian, the sign bit flipped
///     doubles     their bits, made to sort; NaN is the greatest
///     numerics    sign, place of the first digit in 2 bytes, digits, 0
///     texts       their bytes, 0 as 0 255, then 0 1
///
/// All bytes behind the place are inverted where the order is descending.
///
/// Safe because rows are below the count of their buffers, and room is made before bytes are written.
package enum OrderedBytes {
    private static let null: (first: UInt8, last: UInt8) = (0, 2)
    private static let value: UInt8 = 1
    /// What one key takes at most, but for texts: a numeric of 76 digits.
    private static let fixedByteCount = 96

    /// The keys of `count` rows, one string for each.
    package static func encode(_ keys: [SortKey], count: Int) -> TextBuffer {
        let vectors = keys.map { $0.vector.comparableArrays.withoutConstant() }
        var references = BufferBuilder<TextReference>(capacity: count)
        var heap = BufferBuilder<UInt8>(capacity: count * max(8, keys.count * 12))
        for row in 0..<count {
            let start = heap.count
            for (key, vector) in zip(keys, vectors) { append(key, vector, row, &heap) }
            references.append(TextReference(offset: start, byteCount: heap.count - start))
        }
        return TextBuffer(references: references.freeze(), heap: heap.freeze())
    }

    /// The first eight bytes as a number that compares as they do.
    package static func prefix(_ texts: TextBuffer, _ row: Int) -> UInt64 {
        let reference = texts.references.pointer[row]
        let bytes = texts.heap.pointer + Int(reference.offset)
        var prefix: UInt64 = 0
        for index in 0..<min(8, Int(reference.byteCount)) {
            prefix |= UInt64(bytes[index]) << UInt64(56 - 8 * index)
        }
        return prefix
    }

    /// Negative, 0 or positive as the keys of two rows compare.
    package static func compare(
        _ left: TextBuffer, _ leftRow: Int, _ right: TextBuffer, _ rightRow: Int
    ) -> Int {
        let (a, b) = (left.references.pointer[leftRow], right.references.pointer[rightRow])
        return orderBytes(
            left.heap.pointer + Int(a.offset), a.byteCount,
            right.heap.pointer + Int(b.offset), b.byteCount)
    }

    private static func append(
        _ key: SortKey, _ vector: Vector, _ row: Int, _ heap: inout BufferBuilder<UInt8>
    ) {
        reserve(fixedByteCount, &heap)
        if let validity = vector.validity, !validity.isValid(row) {
            heap.append(key.nullsFirst ? null.first : null.last)
            return
        }
        heap.append(value)
        let start = heap.count
        switch vector.storage {
        case .boolean(let buffer): heap.append(buffer.pointer[row])
        case .int32(let buffer):
            append(UInt32(bitPattern: buffer.pointer[row]) ^ (1 << 31), &heap)
        case .int64(let buffer):
            append(UInt64(bitPattern: buffer.pointer[row]) ^ (1 << 63), &heap)
        case .float64(let buffer): append(SortImage.image(buffer.pointer[row]), &heap)
        case .int128(let buffer): append(signed(buffer.pointer[row]), &heap)
        case .interval(let buffer):
            append(signed(buffer.pointer[row].comparableMicroseconds), &heap)
        case .decimal(let buffer): append(buffer.pointer[row], &heap)
        case .text(let texts): append(texts, row, &heap)
        case .dictionary(let codes, let dictionary):
            append(dictionary.values, Int(codes.pointer[row]), &heap)
        case .constant: preconditionFailure("constants are written out before")
        }
        guard key.descending else { return }
        for index in start..<heap.count { heap.pointer[index] = ~heap.pointer[index] }
    }

    private static func reserve(_ byteCount: Int, _ heap: inout BufferBuilder<UInt8>) {
        let needed = heap.count + byteCount
        if needed > heap.capacity { heap.reserve(max(needed, heap.capacity * 2)) }
    }

    private static func signed(_ value: Int128) -> UInt128 {
        UInt128(bitPattern: value) ^ (1 << 127)
    }

    private static func append<Number: FixedWidthInteger & UnsignedInteger>(
        _ number: Number, _ heap: inout BufferBuilder<UInt8>
    ) {
        for shift in stride(from: Number.bitWidth - 8, through: 0, by: -8) {
            heap.append(UInt8(truncatingIfNeeded: number >> Number(shift)))
        }
    }

    private static func append(
        _ texts: TextBuffer, _ row: Int, _ heap: inout BufferBuilder<UInt8>
    ) {
        let reference = texts.references.pointer[row]
        let (bytes, count) = (texts.heap.pointer + Int(reference.offset), Int(reference.byteCount))
        reserve(count * 2 + 2, &heap)
        for index in 0..<count {
            heap.append(bytes[index])
            if bytes[index] == 0 { heap.append(255) }
        }
        heap.append(0)
        heap.append(1)
    }

    /// Negative numbers before 0 before positive ones before NaN; of one sign by the place of the first digit, then
    /// by the digits.
    private static func append(_ decimal: Decimal, _ heap: inout BufferBuilder<UInt8>) {
        guard !decimal.isNaN else { return heap.append(3) }
        guard !decimal.unscaled.isZero else { return heap.append(1) }
        heap.append(decimal.unscaled.isNegative ? 0 : 2)
        let start = heap.count
        let digits = decimal.unscaled.magnitude.digits
        append(UInt16(truncatingIfNeeded: digits.count - Int(decimal.scale) + 1 << 15), &heap)
        // Zeros at the end say nothing.
        for digit in digits { heap.append(digit + 1) }
        while heap.pointer[heap.count - 1] == 1 { heap.setCount(heap.count - 1) }
        heap.append(0)
        guard decimal.unscaled.isNegative else { return }
        for index in start..<heap.count { heap.pointer[index] = ~heap.pointer[index] }
    }
}
