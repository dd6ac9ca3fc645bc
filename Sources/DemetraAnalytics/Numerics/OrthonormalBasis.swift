/// An orthonormal basis of the space that some columns span, for taking controls out of a regression.
///
/// Modified Gram-Schmidt with one re-orthogonalisation; columns that depend on earlier ones are left
/// out.
// Immutable after init.
package struct OrthonormalBasis: Sendable {
    /// The basis vectors, each as long as the columns given.
    package private(set) var vectors: [[Double]] = []

    /// The basis of `columns`, all of one length.
    package init(_ columns: [[Double]]) {
        for column in columns {
            let scale = Self.norm(column)
            guard scale > 0, scale.isFinite else { continue }
            var rest = column.map { $0 / scale }
            for _ in 0..<2 {
                for vector in vectors { Self.subtract(vector, from: &rest) }
            }
            let left = Self.norm(rest)
            guard left > 1e-8 else { continue }
            vectors.append(rest.map { $0 / left })
        }
    }

    /// What is left of `column` after projecting the basis out.
    package func residual(of column: [Double]) -> [Double] {
        var rest = column
        for vector in vectors { Self.subtract(vector, from: &rest) }
        return rest
    }

    private static func norm(_ column: [Double]) -> Double {
        var sum = 0.0
        for value in column { sum += value * value }
        return sum.squareRoot()
    }

    private static func subtract(_ vector: [Double], from rest: inout [Double]) {
        var dot = 0.0
        for index in rest.indices { dot += vector[index] * rest[index] }
        for index in rest.indices { rest[index] -= dot * vector[index] }
    }
}
