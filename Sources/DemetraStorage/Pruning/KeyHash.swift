import DemetraTypes
import DemetraVectors

/// The hashes of values in bloom filters. They are in files, so they never change.
///
/// Whole numbers, days and times are mixed as 64 bits; texts by FNV-1a, then mixed.
///
/// - Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014, for the mixing.
///
/// Safe because the vector whose texts are looked at lives until the filter is made.
enum KeyHash {
    static func hash(_ number: Int64) -> UInt64 {
        var bits = UInt64(bitPattern: number) &+ 0x9e37_79b9_7f4a_7c15
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }

    static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var sum: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { sum = (sum ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return hash(Int64(bitPattern: sum))
    }

    /// Whether filters are made of columns of a type.
    static func isHashed(_ type: LogicalType) -> Bool {
        switch type {
        case .smallint, .integer, .bigint, .date, .time, .timestamp, .timestamptz, .text, .varchar:
            true
        default: false
        }
    }

    /// The hash of a value of a column; nil for NULL, and for values that a column of the type does not hold.
    static func hash(_ value: Value, type: LogicalType) -> UInt64? {
        switch (value, type) {
        case (.integer(let number), .smallint), (.integer(let number), .integer),
            (.integer(let number), .bigint), (.time(let number), .time):
            hash(number)
        case (.date(let date), .date): hash(Int64(date.days))
        case (.timestamp(let time), .timestamp), (.timestamptz(let time), .timestamptz):
            hash(time.microseconds)
        case (.text(let text), .text), (.text(let text), .varchar): hash(text.utf8)
        default: nil
        }
    }
}

extension BloomFilter {
    /// Numbers so close together that a zone map says as much.
    private static let closeness = 4

    /// The filter of a column of a row group; nil where zone maps do its work: values that leave few of those
    /// between them out, and values that ascend.
    ///
    /// - Parameter isArranged: the rows were sorted, so that values that ascend mean nothing: those of other groups
    ///   may lie between them.
    static func make(_ vector: Vector, isArranged: Bool) -> BloomFilter? {
        guard KeyHash.isHashed(vector.type), !vector.isConstant else { return nil }
        return withExtendedLifetime(vector) {
            let valid = (0..<vector.count).filter { vector.isValid($0) }
            switch vector.storage {
            case .int32(let buffer): return BloomFilter(valid.map { Int64(buffer[$0]) }, isArranged)
            case .int64(let buffer): return BloomFilter(valid.map { buffer[$0] }, isArranged)
            case .dictionary(let codes, let dictionary):
                var used: [Int32] = []
                for row in valid where used.last != codes[row] { used.append(codes[row]) }
                return BloomFilter(used.map { dictionary.values.bytes(at: Int($0)) }, isArranged)
            case .text(let texts): return BloomFilter(valid.map { texts.bytes(at: $0) }, isArranged)
            default: return nil
            }
        }
    }

    private init?(_ numbers: [Int64], _ isArranged: Bool) {
        guard isArranged || zip(numbers, numbers.dropFirst()).contains(where: >) else { return nil }
        var distinct: Set<Int64> = []
        var last: Int64?
        for number in numbers where number != last {
            distinct.insert(number)
            last = number
        }
        guard let low = distinct.min(), let high = distinct.max() else { return nil }
        let (span, isWide) = high.subtractingReportingOverflow(low)
        guard isWide || span / Int64(Self.closeness) >= Int64(distinct.count) else { return nil }
        self.init(hashes: distinct.map { KeyHash.hash($0) })
    }

    private init?(_ texts: [UnsafeBufferPointer<UInt8>], _ isArranged: Bool) {
        let descends = zip(texts, texts.dropFirst()).contains {
            $1.lexicographicallyPrecedes($0)
        }
        guard isArranged || descends else { return nil }
        let hashes = Set(texts.map { KeyHash.hash($0) })
        guard hashes.count > 2 else { return nil }
        self.init(hashes: hashes)
    }
}
