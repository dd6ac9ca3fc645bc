import DemetraTypes
import DemetraVectors

/// What a function gives for each distinct value of the dictionaries seen so far, beside the same constants.
// Owned by one worker.
final class DictionaryResults {
    /// A dictionary of at most this many values is always computed as a whole: it comes back batch by
    /// batch, as long as the other operands stay.
    private static let stayingDictionaryCount = 32_768

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
    private var constants: [ExpressionKey?]?
    private var hasChanged = false

    /// Sets the values of the call's other operands, nil for the one that varies. A column is constant in one
    /// batch and another constant in the next: NULL for the rows that an outer join adds, one row's value
    /// in a nested loop.
    func use(constants new: [ExpressionKey?]) {
        guard new != constants else { return }
        hasChanged = constants != nil
        entries.removeAll()
        constants = new
    }

    /// True when a dictionary of so many values is rather computed as a whole than a batch of `rowCount`.
    func isWorth(dictionaryCount: Int, rowCount: Int) -> Bool {
        dictionaryCount <= max(rowCount * 2, hasChanged ? 0 : Self.stayingDictionaryCount)
    }

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
