/// The digests of SHA-2: `sha224()`, `sha256()`, `sha384()`, `sha512()`.
///
/// The short pair works on words of 32 bits, the long one on words of 64: one loop over both.
///
/// - Source: FIPS 180-4. The constants are the fractions of the roots of the first primes, computed here.
package enum SHA2 {
    /// Of 32 bytes, or 28 when `isShort`.
    package static func sha256(_ message: [UInt8], isShort: Bool = false) -> [UInt8] {
        let start = (isShort ? rootsBehind : roots).map { root in
            UInt32(truncatingIfNeeded: isShort ? root : root >> 32)
        }
        let rotations = Rotations(
            big0: (2, 13, 22), big1: (6, 11, 25), small0: (7, 18, 3), small1: (17, 19, 10))
        return Array(hash(message, start, halfConstants, rotations).prefix(isShort ? 28 : 32))
    }

    /// Of 64 bytes, or 48 when `isShort`.
    package static func sha512(_ message: [UInt8], isShort: Bool = false) -> [UInt8] {
        let rotations = Rotations(
            big0: (28, 34, 39), big1: (14, 18, 41), small0: (1, 8, 7), small1: (19, 61, 6))
        let digest = hash(message, isShort ? rootsBehind : roots, constants, rotations)
        return Array(digest.prefix(isShort ? 48 : 64))
    }

    /// By how many bits the functions of the standard turn a word; the last of the small ones shifts.
    private struct Rotations {
        let big0: (Int, Int, Int)
        let big1: (Int, Int, Int)
        let small0: (Int, Int, Int)
        let small1: (Int, Int, Int)
    }

    private static func hash<Word: FixedWidthInteger & UnsignedInteger>(
        _ message: [UInt8], _ start: [Word], _ constants: [Word], _ rotations: Rotations
    ) -> [UInt8] {
        let width = Word.bitWidth / 8
        let blockSize = 16 * width
        var bytes = message
        bytes.append(0x80)
        // The length takes two words; its upper bytes are always 0 here.
        while bytes.count % blockSize != blockSize - 2 * width { bytes.append(0) }
        bytes += [UInt8](repeating: 0, count: 2 * width - 8)
        let bits = UInt64(message.count) &* 8
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
        var state = start
        for block in stride(from: 0, to: bytes.count, by: blockSize) {
            var words = (0..<16).map { word in
                (0..<width).reduce(Word(0)) { $0 << 8 | Word(bytes[block + word * width + $1]) }
            }
            for index in 16..<constants.count {
                words.append(
                    words[index - 16] &+ small(words[index - 15], rotations.small0)
                        &+ words[index - 7] &+ small(words[index - 2], rotations.small1))
            }
            round(&state, words, constants, rotations)
        }
        return state.flatMap { word in
            (0..<width).map { UInt8(truncatingIfNeeded: word >> Word((width - 1 - $0) * 8)) }
        }
    }

    private static func round<Word: FixedWidthInteger>(
        _ state: inout [Word], _ words: [Word], _ constants: [Word], _ rotations: Rotations
    ) {
        var s = state
        for index in constants.indices {
            let choice = (s[4] & s[5]) ^ (~s[4] & s[6])
            let first =
                s[7] &+ big(s[4], rotations.big1) &+ choice &+ constants[index] &+ words[index]
            let majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2])
            let second = big(s[0], rotations.big0) &+ majority
            for place in stride(from: 7, to: 0, by: -1) { s[place] = s[place - 1] }
            s[4] &+= first
            s[0] = first &+ second
        }
        for index in 0..<8 { state[index] &+= s[index] }
    }

    private static func big<Word: FixedWidthInteger>(_ word: Word, _ by: (Int, Int, Int)) -> Word {
        turned(word, by.0) ^ turned(word, by.1) ^ turned(word, by.2)
    }

    private static func small<Word: FixedWidthInteger>(_ word: Word, _ by: (Int, Int, Int)) -> Word
    {
        turned(word, by.0) ^ turned(word, by.1) ^ (word &>> Word(by.2))
    }

    private static func turned<Word: FixedWidthInteger>(_ word: Word, _ bits: Int) -> Word {
        (word &>> Word(bits)) | (word &<< Word(Word.bitWidth - bits))
    }

    // MARK: Constants

    private static let primes: [UInt64] = {
        var found: [UInt64] = []
        var candidate: UInt64 = 2
        while found.count < 80 {
            if found.allSatisfy({ candidate % $0 != 0 }) { found.append(candidate) }
            candidate += 1
        }
        return found
    }()

    private static let roots = primes.prefix(8).map { squareFraction($0) }
    private static let rootsBehind = primes.dropFirst(8).prefix(8).map { squareFraction($0) }
    private static let constants = primes.map { cubeFraction($0) }
    private static let halfConstants = constants.prefix(64).map {
        UInt32(truncatingIfNeeded: $0 >> 32)
    }

    /// The first 64 bits behind the point of the square root.
    private static func squareFraction(_ prime: UInt64) -> UInt64 {
        fraction { root in
            let square = root.multipliedFullWidth(by: root)
            return square.high < UInt128(prime)
        }
    }

    /// The first 64 bits behind the point of the cube root.
    private static func cubeFraction(_ prime: UInt64) -> UInt64 {
        fraction { root in
            // root^3 < prime * 2^192, compared without the lowest 64 bits of the square's product.
            let square = root.multipliedFullWidth(by: root)
            let low = square.low.multipliedFullWidth(by: root)
            let (middle, carries) = low.high.addingReportingOverflow(
                square.high.multipliedFullWidth(by: root).low)
            let top = square.high.multipliedFullWidth(by: root).high + (carries ? 1 : 0)
            return top == 0 && (middle >> 64) < UInt128(prime)
        }
    }

    /// The greatest root of 64 binary places that is still below, without its whole part.
    private static func fraction(_ isBelow: (UInt128) -> Bool) -> UInt64 {
        var root: UInt128 = 0
        for bit in stride(from: 68, through: 0, by: -1) {
            let next = root | (UInt128(1) << UInt128(bit))
            if isBelow(next) { root = next }
        }
        return UInt64(truncatingIfNeeded: root)
    }
}
