import DemetraTypes
import DemetraVectors

/// Says of a value that it is certainly not among others, or that it may be.
///
/// A value sets eight bits of one block of 256, so a look-up reads 32 bytes. With twelve bits a value, about one
/// value in two hundred that is not there is taken for one that is.
///
/// - Source: Putze, Sanders, Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", 2007; the blocks and
///   multipliers are those of Apache Parquet.
struct BloomFilter: Sendable, Hashable {
    private static let bitsPerValue = 12
    private static let wordsPerBlock = 8
    private static let multipliers: [UInt32] = [
        0x47b6_137b, 0x4497_4d91, 0x8824_ad5b, 0xa2b7_289d, 0x7054_95c7, 0x2df1_424b, 0x9efc_4947,
        0x5c6b_fb31,
    ]

    private var words: [UInt32]

    /// - Parameter hashes: of distinct values; see `KeyHash`.
    init(hashes: some Collection<UInt64>) {
        let blockBits = Self.wordsPerBlock * 32
        let blocks = max(1, (hashes.count * Self.bitsPerValue + blockBits - 1) / blockBits)
        words = [UInt32](repeating: 0, count: blocks * Self.wordsPerBlock)
        for hash in hashes {
            let start = block(hash)
            for word in 0..<Self.wordsPerBlock { words[start + word] |= Self.bit(hash, word) }
        }
    }

    /// False when no value with this hash is there.
    func mayContain(_ hash: UInt64) -> Bool {
        let start = block(hash)
        return (0..<Self.wordsPerBlock).allSatisfy {
            words[start + $0] & Self.bit(hash, $0) != 0
        }
    }

    var byteCount: Int { words.count * 4 }

    /// The upper half of the hash picks the block.
    private func block(_ hash: UInt64) -> Int {
        let blocks = UInt64(words.count / Self.wordsPerBlock)
        return Int(((hash >> 32) * blocks) >> 32) * Self.wordsPerBlock
    }

    /// The lower half picks a bit of each of its words.
    private static func bit(_ hash: UInt64, _ word: Int) -> UInt32 {
        1 << ((UInt32(truncatingIfNeeded: hash) &* multipliers[word]) >> 27)
    }

    // MARK: Bytes

    func encoded() -> [UInt8] {
        var writer = ByteWriter()
        for word in words { writer.write(word) }
        return writer.bytes
    }

    /// - Parameter name: what it is of, for errors.
    init(_ bytes: [UInt8], name: String) throws(DemetraError) {
        var reader = ByteReader(bytes, name: name)
        guard !bytes.isEmpty, bytes.count % (Self.wordsPerBlock * 4) == 0 else {
            throw reader.damaged("a filter of \(bytes.count) bytes")
        }
        words = try reader.elements(bytes.count / 4, of: UInt32.self).array
    }
}
