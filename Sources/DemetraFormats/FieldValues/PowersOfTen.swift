import DemetraTypes
import DemetraVectors

/// Tables behind a pointer, which loops read without a bounds check or a reference count.
///
/// Safe because the tables live as long as the program, and callers index below their count.
enum PowersOfTen {
    /// 10^0 ... 10^18.
    static let int64 = Buffer<Int64>((0...18).map { Int64(WideInteger.powerOfTen($0)) })
    /// 10^0 ... 10^22, all exact.
    static let double = Buffer<Double>(
        (0...22).map { exponent in (0..<exponent).reduce(1.0) { power, _ in power * 10 } })
}

/// A word that stands for a value, compared without regard to case.
enum FieldWord {
    static let nan = FieldWords(["nan"])
    static let infinity = FieldWords(["infinity", "inf", "+infinity", "+inf"])
    static let minusInfinity = FieldWords(["-infinity", "-inf"])
    static let yes = FieldWords(["t", "true", "y", "yes", "on", "1", "tru", "tr", "ye"])
    static let no = FieldWords([
        "f", "false", "n", "no", "off", "0", "of", "fals", "fal", "fa",
    ])
}

/// Spellings of one value.
struct FieldWords: Sendable {
    private let words: [[UInt8]]

    /// Spellings in lower case.
    init(_ words: [String]) { self.words = words.map { Array($0.utf8) } }

    /// True when the bytes are one of the spellings.
    func matches(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        words.contains { word in
            word.count == count
                && word.indices.allSatisfy { index in
                    let byte = text[index]
                    let isUpper = byte >= 0x41 && byte <= 0x5A
                    return (isUpper ? byte | 0x20 : byte) == word[index]
                }
        }
    }
}
