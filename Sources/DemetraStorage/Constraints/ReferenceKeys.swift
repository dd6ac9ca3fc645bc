package import DemetraTypes
package import DemetraVectors

/// Values of one side of a foreign key as the other side has them: integers may differ in width, texts in length.
package enum ReferenceKeys {
    /// The same values as of other types; NULL where that type has no such value, so that it equals nothing there.
    package static func matching(
        _ vectors: [Vector], _ types: [LogicalType]
    ) throws(DemetraError) -> [Vector] {
        var result: [Vector] = []
        for (vector, type) in zip(vectors, types) { result.append(try matching(vector, type)) }
        return result
    }

    private static func matching(
        _ vector: Vector, _ type: LogicalType
    ) throws(DemetraError) -> Vector {
        if vector.type == type { return vector }
        // A text that is longer than the other side takes must not be cut to one that it has.
        if isText(vector.type), isText(type) { return vector.retyped(type) }
        do throws(DemetraError) {
            return try CastKernel.cast(vector, to: type, isExplicit: true, CastContext())
        } catch {
            guard error.sqlState == .numericValueOutOfRange else { throw error }
        }
        var values: [Value] = []
        for row in 0..<vector.count {
            let one = Vector([vector.value(at: row)], type: vector.type)
            let cast = try? CastKernel.cast(one, to: type, isExplicit: true, CastContext())
            values.append(cast?.value(at: 0) ?? .null)
        }
        return Vector(values, type: type)
    }

    private static func isText(_ type: LogicalType) -> Bool {
        switch type {
        case .text, .varchar: true
        default: false
        }
    }
}
