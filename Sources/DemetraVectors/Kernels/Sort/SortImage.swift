import DemetraTypes

/// Integers that sort as the values of a key do, direction and place of NULLs included.
///
/// Numbers and times have an image of their own; texts and decimals get the rank of their distinct value.
///
/// Safe because pointers are read at rows below the count of the buffers they come from.
enum SortImage {
    /// One image per row; NULLs take the least or greatest of all.
    static func images(_ key: SortKey, count: Int) -> [UInt64] {
        let flat = key.vector.withoutConstant()
        var images = rawImages(flat, count)
        if key.descending { for row in 0..<count { images[row] = ~images[row] } }
        guard let validity = flat.validity else { return images }
        // One bit makes room for NULLs: real images differ by less than they are moved apart.
        let ranks = compressed(images, validity, count, key.nullsFirst)
        return ranks
    }

    /// The images of a key's rows, if they mean the same in every batch: numbers and times, not texts. A NULL
    /// may share the image of the least or greatest value.
    static func lastingImages(_ key: SortKey, count: Int) -> [UInt64]? {
        guard hasLastingImages(key.vector.type) else { return nil }
        var images = rawImages(key.vector.withoutConstant(), count)
        if key.descending { for row in 0..<count { images[row] = ~images[row] } }
        guard key.vector.hasNulls else { return images }
        for row in 0..<count where !key.vector.isValid(row) {
            images[row] = key.nullsFirst ? 0 : .max
        }
        return images
    }

    /// Whether `lastingImages` has an answer for values of a type.
    static func hasLastingImages(_ type: LogicalType) -> Bool {
        switch type.physicalType {
        case .boolean, .int32, .int64, .float64: true
        default: false
        }
    }

    /// Images moved to 1... with NULL as 0 or as the greatest.
    private static func compressed(
        _ images: [UInt64], _ validity: ValidityMask, _ count: Int, _ nullsFirst: Bool
    ) -> [UInt64] {
        var (low, high) = (UInt64.max, UInt64.min)
        for row in 0..<count where validity.isValid(row) {
            low = min(low, images[row])
            high = max(high, images[row])
        }
        var result = images
        // An image at the border would meet NULL: those few values are told apart by halving the rest.
        let needsRoom = nullsFirst ? low == 0 : high == .max
        for row in 0..<count {
            if !validity.isValid(row) {
                result[row] = nullsFirst ? 0 : .max
            } else if needsRoom {
                let moved =
                    nullsFirst
                    ? images[row].addingReportingOverflow(1)
                    : images[row].subtractingReportingOverflow(1)
                result[row] = moved.overflow ? images[row] : moved.partialValue
            }
        }
        return result
    }

    private static func signed(_ value: Int64) -> UInt64 {
        UInt64(bitPattern: value) ^ (1 << 63)
    }

    private static func rawImages(_ vector: Vector, _ count: Int) -> [UInt64] {
        var images = [UInt64](repeating: 0, count: count)
        let vector = vector.comparableArrays
        switch vector.storage {
        case .boolean(let buffer):
            for row in 0..<count { images[row] = UInt64(buffer.pointer[row]) }
        case .int32(let buffer):
            for row in 0..<count { images[row] = signed(Int64(buffer.pointer[row])) }
        case .int64(let buffer):
            for row in 0..<count { images[row] = signed(buffer.pointer[row]) }
        case .float64(let buffer):
            for row in 0..<count { images[row] = image(buffer.pointer[row]) }
        case .dictionary(let codes, let dictionary):
            let ranks = textRanks(dictionary.values)
            for row in 0..<count { images[row] = ranks[Int(codes.pointer[row])] }
        case .text:
            guard let (codes, dictionary) = vector.dictionaryEncoded() else {
                return valueRanks(vector, count)
            }
            let ranks = textRanks(dictionary.values)
            for row in 0..<count { images[row] = ranks[Int(codes.pointer[row])] }
        case .int128, .decimal, .interval: return valueRanks(vector, count)
        case .constant: break
        }
        return images
    }

    /// NaN is the greatest, -0 equals 0.
    static func image(_ value: Double) -> UInt64 {
        if value.isNaN { return .max - 1 }
        let bits = (value == 0 ? 0 : value).bitPattern
        return bits >> 63 == 0 ? bits | (1 << 63) : ~bits
    }

    /// The place of each text among all, by bytes.
    private static func textRanks(_ texts: TextBuffer) -> [UInt64] {
        let count = texts.references.count
        let order = (0..<count).sorted { left, right in
            let (a, b) = (texts.bytes(at: left), texts.bytes(at: right))
            return a.lexicographicallyPrecedes(b)
        }
        var ranks = [UInt64](repeating: 0, count: count)
        for (rank, index) in order.enumerated() { ranks[index] = UInt64(rank + 1) }
        return ranks
    }

    /// Ranks of values that have no image; equal values share one.
    private static func valueRanks(_ vector: Vector, _ count: Int) -> [UInt64] {
        let compare: (Int, Int) -> Int
        switch vector.storage {
        case .int128(let buffer):
            compare = { left, right in
                let (a, b) = (buffer.pointer[left], buffer.pointer[right])
                return a < b ? -1 : (a > b ? 1 : 0)
            }
        case .decimal(let buffer):
            compare = { buffer.pointer[$0].ordered(buffer.pointer[$1]) }
        case .interval(let buffer):
            compare = { left, right in
                let (a, b) = (
                    buffer.pointer[left].comparableMicroseconds,
                    buffer.pointer[right].comparableMicroseconds
                )
                return a < b ? -1 : (a > b ? 1 : 0)
            }
        case .text(let texts):
            compare = { left, right in
                let (a, b) = (texts.bytes(at: left), texts.bytes(at: right))
                return a.lexicographicallyPrecedes(b)
                    ? -1 : (b.lexicographicallyPrecedes(a) ? 1 : 0)
            }
        default: return [UInt64](repeating: 0, count: count)
        }
        let order = (0..<count).sorted { compare($0, $1) < 0 }
        var ranks = [UInt64](repeating: 0, count: count)
        var rank: UInt64 = 1
        for (position, row) in order.enumerated() {
            if position > 0, compare(order[position - 1], row) != 0 { rank += 1 }
            ranks[row] = rank
        }
        return ranks
    }
}
