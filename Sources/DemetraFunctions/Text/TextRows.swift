import DemetraTypes
import DemetraVectors

/// The bytes of each row of a text vector, without making a `String` of any.
///
/// Safe because codes are checked against the dictionary, and references lie inside their heap.
struct TextRows {
    private let references: Buffer<TextReference>
    private let heap: Buffer<UInt8>
    /// Row to reference; nil when they are the same.
    private let codes: Buffer<Int32>?
    /// Which rows hold a text; nil when all do.
    let mask: RowMask?

    /// Nil unless the vector is text.
    init?(_ vector: Vector) {
        let vector = vector.withoutConstant()
        mask = RowMask(vector)
        switch vector.storage {
        case .text(let texts):
            (references, heap, codes) = (texts.references, texts.heap, nil)
        case .dictionary(let codes, let dictionary):
            (references, heap) = (dictionary.values.references, dictionary.values.heap)
            self.codes = codes
        default: return nil
        }
    }

    /// False for NULL.
    @inline(__always)
    func isValid(_ row: Int) -> Bool { mask?.isValid(row) ?? true }

    /// The bytes of a row that is not NULL.
    @inline(__always)
    func bytes(_ row: Int) -> UnsafeBufferPointer<UInt8> {
        let reference = references[codes.map { Int($0[row]) } ?? row]
        return UnsafeBufferPointer(
            start: heap.pointer + Int(reference.offset), count: Int(reference.byteCount))
    }
}

/// Functions from text to text over bytes: the rest of the arguments are constant, as they nearly always are.
enum TextMapping {
    /// A function with a byte form for constant further arguments and a general one for all else.
    ///
    /// `prepare` gets the further arguments and returns what turns a row's bytes into the result's.
    static func function(
        _ general: ScalarFunction,
        prepare:
            @escaping @Sendable ([Value]) throws(DemetraError)
            -> ((UnsafeBufferPointer<UInt8>, inout BufferBuilder<UInt8>) -> Void)?
    ) -> ScalarFunction {
        ScalarFunction(general.name, general.signature, volatility: general.volatility) {
            (arguments, count, context) throws(DemetraError) in
            let rest = arguments.dropFirst()
            guard count > 1, rest.allSatisfy({ $0.isConstant && $0.isValid(0) }),
                let rows = TextRows(arguments[0]),
                let map = try prepare(rest.map { $0.value(at: 0) })
            else { return try general.evaluate(arguments, count, context) }
            let references = BufferBuilder<TextReference>(capacity: count)
            var heap = BufferBuilder<UInt8>(capacity: count * 16)
            for row in 0..<count {
                let start = heap.count
                if rows.isValid(row) { map(rows.bytes(row), &heap) }
                references.pointer[row] = TextReference(
                    offset: start, byteCount: heap.count - start)
            }
            let texts = TextBuffer(references: references.freeze(count: count), heap: heap.freeze())
            return Vector(type: .text, count: count, storage: .text(texts))
        }
    }

    /// The places of `mark`, which is not empty, one behind the other.
    @inline(__always)
    static func forEachPlace(
        of mark: [UInt8], in bytes: UnsafeBufferPointer<UInt8>, _ body: (Int) -> Bool
    ) {
        let first = mark[0]
        var index = 0
        let last = bytes.count - mark.count
        while index <= last {
            if bytes[index] == first, isMark(mark, bytes, index) {
                guard body(index) else { return }
                index += mark.count
            } else {
                index += 1
            }
        }
    }

    @inline(__always)
    private static func isMark(
        _ mark: [UInt8], _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int
    ) -> Bool {
        for offset in 1..<max(mark.count, 1) where bytes[start + offset] != mark[offset] {
            return false
        }
        return true
    }
}

extension BufferBuilder<UInt8> {
    /// Adds bytes.
    @inline(__always)
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) {
        guard let base = bytes.baseAddress, end > start else { return }
        append(base + start, count: end - start)
    }

    /// Adds bytes.
    @inline(__always)
    mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { append($0, from: 0, to: $0.count) }
    }
}
