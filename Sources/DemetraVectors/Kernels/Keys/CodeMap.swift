/// From the codes of one dictionary to the codes of a `TextInterner`, filled as codes occur.
///
/// A dictionary of a row group may have 60,000 values of which a filtered batch uses ten: only
/// those are hashed.
///
/// Safe because codes are checked against the dictionary before they index the map.
// Owned by one thread.
final class CodeMap {
    /// Held so that its identity cannot be given to another dictionary.
    let dictionary: VectorDictionary
    private let codes: BufferBuilder<Int32>

    /// Not looked up yet.
    private static let unresolved: Int32 = -2

    init(_ dictionary: VectorDictionary) {
        self.dictionary = dictionary
        var codes = BufferBuilder<Int32>(capacity: dictionary.count)
        codes.pointer.update(repeating: Self.unresolved, count: dictionary.count)
        codes.setCount(dictionary.count)
        self.codes = codes
    }

    /// Bytes held.
    var byteCount: Int { codes.count * 4 }

    /// Writes the interner's code of each row, adding texts it does not know; 0 for NULL.
    ///
    /// - Returns: false when the interner is full.
    func translate(
        _ source: UnsafePointer<Int32>, count: Int, validity: ValidityMask?, from first: Int,
        into interner: inout TextInterner, _ output: UnsafeMutablePointer<Int32>
    ) -> Bool {
        guard dictionary.count > 0 else {
            output.update(repeating: 0, count: count)
            return true
        }
        check(source, count)
        if gatherCodes(codes.pointer, source, output, count) { return true }
        for index in 0..<count where output[index] < 0 {
            if let validity, !validity.isValid(first + index) {
                output[index] = 0
                continue
            }
            let code = Int(source[index])
            if codes.pointer[code] < 0 {
                let text = dictionary.values.references.pointer[code]
                let bytes = dictionary.values.heap.pointer + Int(text.offset)
                let found = interner.intern(
                    bytes, text.byteCount, hashBytes(bytes, Int(text.byteCount)))
                if found < 0 { return false }
                codes.pointer[code] = found
            }
            output[index] = codes.pointer[code]
        }
        return true
    }

    /// Writes the interner's code of each row, -1 where it has none; NULL rows may hold any code.
    func lookup(
        _ source: UnsafePointer<Int32>, count: Int, in interner: borrowing TextInterner,
        _ output: UnsafeMutablePointer<Int32>
    ) {
        guard dictionary.count > 0 else {
            output.update(repeating: -1, count: count)
            return
        }
        check(source, count)
        if gatherCodes(codes.pointer, source, output, count) { return }
        for index in 0..<count where output[index] == Self.unresolved {
            let code = Int(source[index])
            if codes.pointer[code] == Self.unresolved {
                let text = dictionary.values.references.pointer[code]
                let bytes = dictionary.values.heap.pointer + Int(text.offset)
                codes.pointer[code] = interner.find(
                    bytes, text.byteCount, hashBytes(bytes, Int(text.byteCount)))
            }
            output[index] = codes.pointer[code]
        }
    }

    private func check(_ source: UnsafePointer<Int32>, _ count: Int) {
        precondition(
            Int(largestUnsigned(source, count)) < dictionary.count,
            "a code is outside its dictionary")
    }
}

/// Gathers and says whether every code was known.
private func gatherCodes(
    _ map: UnsafePointer<Int32>, _ source: UnsafePointer<Int32>,
    _ output: UnsafeMutablePointer<Int32>, _ count: Int
) -> Bool {
    var signs: Int32 = 0
    for index in 0..<count {
        let code = map[Int(truncatingIfNeeded: source[index])]
        output[index] = code
        signs |= code
    }
    return signs >= 0
}
