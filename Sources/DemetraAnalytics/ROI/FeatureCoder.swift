package import DemetraVectors

/// Turns the rows of a column into bin codes: a feature's definition made ready for many rows.
///
/// A number looks up a cell of equal width first, which leaves few borders to search among.
// Immutable after init.
package struct FeatureCoder: Sendable {
    private static let cellCount = 512

    /// What is coded.
    package let definition: FeatureDefinition
    private let numbers: [String: UInt8]
    private let lowest: Double
    private let cellsPerUnit: Double
    /// Borders below each cell's start; one more than there are cells.
    private let bordersBelow: [UInt8]

    /// Prepares a definition.
    package init(_ definition: FeatureDefinition) {
        self.definition = definition
        numbers = Dictionary(
            definition.names.enumerated().map { ($1, UInt8($0 + 1)) },
            uniquingKeysWith: { first, _ in first })
        let borders = definition.borders
        let (first, last) = (borders.first ?? 0, borders.last ?? 0)
        let width = last - first
        lowest = first
        // A range too wide for its cells, or none at all: everything is searched.
        let perUnit = Double(Self.cellCount) / width
        cellsPerUnit = perUnit.isFinite && width.isFinite ? perUnit : 0
        var below: [UInt8] = []
        var index = 0
        for cell in 0...Self.cellCount {
            let start = first + Double(cell) / perUnit
            while perUnit.isFinite, index < borders.count, borders[index] < start { index += 1 }
            below.append(UInt8(truncatingIfNeeded: index))
        }
        bordersBelow = below
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

    /// 1 more than the borders below the number.
    private func code(_ value: Double) -> UInt8 {
        if value.isNaN { return 0 }
        let borders = definition.borders
        var (lower, upper) = (0, borders.count)
        let cell = (value - lowest) * cellsPerUnit
        if cellsPerUnit > 0, cell >= 1, cell < Double(Self.cellCount - 1) {
            // One cell more on either side: the product may be rounded across a border of cells.
            lower = Int(bordersBelow[Int(cell) - 1])
            upper = min(Int(bordersBelow[Int(cell) + 2]), borders.count)
        }
        while lower < upper {
            let middle = (lower + upper) / 2
            if borders[middle] < value { lower = middle + 1 } else { upper = middle }
        }
        return UInt8(lower + 1)
    }
}
