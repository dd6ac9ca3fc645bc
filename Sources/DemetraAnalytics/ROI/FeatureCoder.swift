package import DemetraVectors

/// Turns the rows of a column into bin codes: a feature's definition made ready for many rows.
// Immutable after init.
package struct FeatureCoder: Sendable {
    /// What is coded.
    package let definition: FeatureDefinition
    private let numbers: [String: UInt8]
    private let borders: BorderSearch

    /// Prepares a definition.
    package init(_ definition: FeatureDefinition) {
        self.definition = definition
        numbers = Dictionary(
            definition.names.enumerated().map { ($1, UInt8($0 + 1)) },
            uniquingKeysWith: { first, _ in first })
        borders = BorderSearch(definition.borders)
    }

    /// The code of every row; NULL and names never seen get 0. `unseen` counts rows with a name that
    /// is not known.
    package func codes(_ vector: Vector, unseen: inout Int) -> [UInt8] {
        if case .constant(let one) = vector.storage, vector.count > 1 {
            var once = 0
            let code = codes(one.vector, unseen: &once)
            unseen += once * vector.count
            return [UInt8](repeating: code[0], count: vector.count)
        }
        if definition.source == .category { return names(vector, &unseen) }
        var values: [Double] = []
        values.reserveCapacity(vector.count)
        FeatureDefinition.append(vector, definition.source, to: &values)
        return values.map { code($0) }
    }

    private func names(_ vector: Vector, _ unseen: inout Int) -> [UInt8] {
        guard let (rows, dictionary) = vector.dictionary, dictionary.count <= vector.count else {
            return (0..<vector.count).map { row in
                guard let text = TextReader.text(vector, row) else { return 0 }
                let code = numbers[text] ?? 0
                if code == 0 { unseen += 1 }
                return code
            }
        }
        let known = (0..<dictionary.count).map { numbers[dictionary.values.string(at: $0)] ?? 0 }
        return (0..<vector.count).map { row in
            guard vector.isValid(row) else { return 0 }
            let code = known[Int(rows[row])]
            if code == 0 { unseen += 1 }
            return code
        }
    }

    /// 1 more than the borders below the number; 0 for NaN.
    private func code(_ value: Double) -> UInt8 {
        value.isNaN ? 0 : UInt8(borders.count(below: value) + 1)
    }
}
