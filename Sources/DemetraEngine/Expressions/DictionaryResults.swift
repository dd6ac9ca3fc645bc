import DemetraTypes
import DemetraVectors

/// What a function gives for each distinct value of the dictionaries seen so far.
// Owned by one worker.
final class DictionaryResults {
    /// A dictionary of at most this many values is always computed as a whole: it comes back batch by
    /// batch.
    static let alwaysWorthCount = 32_768

    /// Results by code.
    struct Entry {
        private let dictionary: VectorDictionary
        private let values: Vector
        private let distinct: (codes: Buffer<Int32>, dictionary: VectorDictionary)?

        fileprivate init(_ values: Vector, _ dictionary: VectorDictionary) {
            self.dictionary = dictionary
            self.values = values.withoutConstant()
            // Text stays coded, so that grouping by `upper(name)` still groups by integers.
            distinct = values.validity == nil ? self.values.dictionaryEncoded() : nil
        }

        /// The results for rows of these codes.
        func vector(codes: Buffer<Int32>, validity: ValidityMask?, count: Int) -> Vector {
            if let distinct {
                let mapped = TakeKernel.codes(distinct.codes, at: codes)
                return Vector(
                    type: values.type, count: count, validity: validity,
                    storage: .dictionary(codes: mapped, distinct.dictionary))
            }
            return values.taking(rows: codes).masked(by: validity)
        }
    }

    // The dictionaries are kept alive here, so an identity never stands for another one.
    private var entries: [ObjectIdentifier: (VectorDictionary, Entry)] = [:]

    func result(for dictionary: VectorDictionary) -> Entry? {
        entries[ObjectIdentifier(dictionary)]?.1
    }

    func remember(_ values: Vector, for dictionary: VectorDictionary) -> Entry {
        if entries.count >= 64 { entries.removeAll() }
        let entry = Entry(values, dictionary)
        entries[ObjectIdentifier(dictionary)] = (dictionary, entry)
        return entry
    }
}
