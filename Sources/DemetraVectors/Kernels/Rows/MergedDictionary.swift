/// One dictionary out of several: holds only the values that occur, each once.
///
/// Safe because the caller gives room for a code of each row.
// Owned by one thread.
final class MergedDictionary {
    private let isTrivial: Bool
    private var interner = TextInterner(capacity: 64)
    private var maps: [ObjectIdentifier: CodeMap] = [:]

    /// A trivial one passes the codes of a single dictionary through.
    init(isTrivial: Bool) { self.isTrivial = isTrivial }

    /// Writes the merged code of each row; 0 for NULL. False when the texts exceed 4 GiB.
    func translate(
        _ codes: Buffer<Int32>, _ dictionary: VectorDictionary, validity: ValidityMask?,
        _ output: UnsafeMutablePointer<Int32>
    ) -> Bool {
        if isTrivial {
            output.update(from: codes.pointer, count: codes.count)
            return true
        }
        let identity = ObjectIdentifier(dictionary)
        let map = maps[identity] ?? CodeMap(dictionary)
        maps[identity] = map
        return map.translate(
            codes.pointer, count: codes.count, validity: validity, from: 0, into: &interner,
            output)
    }

    /// The merged values.
    func dictionary() -> VectorDictionary { VectorDictionary(values: interner.texts()) }
}
