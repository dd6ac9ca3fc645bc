import Demetra

/// The texts of one column, each kept once, and which of them a thing has.
struct SharedTexts {
    private let dictionary: VectorDictionary
    /// For each thing its text in the dictionary.
    private let codes: [Int32]

    /// The texts of things in order.
    init(_ texts: [String]) {
        var places: [String: Int32] = [:]
        var builder = TextBuilder(capacity: 64)
        codes = texts.map { text in
            if let code = places[text] { return code }
            let code = Int32(places.count)
            places[text] = code
            builder.append(text)
            return code
        }
        dictionary = VectorDictionary(values: builder.freeze())
    }

    /// A vector of the texts of some things.
    func vector(_ things: [Int], type: LogicalType = .text) -> Vector {
        Vector(
            type: type, count: things.count, validity: nil,
            storage: .dictionary(codes: Buffer(things.map { codes[$0] }), dictionary))
    }
}
