package import DemetraTypes

/// A column of values of one type in memory: what kernels read and write.
///
///     .text      references [ (0,4) (4,6) ]  heap "metagoogle"      flat
///     .dictionary codes [ 1 0 0 1 ]  ->  values [ meta google ]     a value stored once
///     .constant  one value, `count` times                           a literal, a run
///
/// Between operators a vector holds at most `Batch.capacity` rows; breakers (sort, hash build) and
/// decoded dictionaries hold longer ones.
///
/// - Invariant: a NULL row holds a defined filler (zero, empty text, code 0 or more), so kernels may
///   compute it blindly as long as they cannot fail on it.
/// - Invariant: dictionaries hold no NULL and no duplicate.
// Immutable after init.
package struct Vector: Sendable {
    /// The logical type of every value.
    package let type: LogicalType
    /// The number of rows.
    package let count: Int
    /// Which rows are not NULL; nil when all are.
    package let validity: ValidityMask?
    /// The values.
    package let storage: VectorStorage

    /// Wraps values; `storage` must have the physical type of `type` and `count` rows.
    package init(
        type: LogicalType, count: Int, validity: ValidityMask? = nil, storage: VectorStorage
    ) {
        self.type = type
        self.count = count
        self.validity = validity.flatMap { $0.nullCount == 0 ? nil : $0 }
        self.storage = storage
    }

    /// True where row `index` holds a value.
    package func isValid(_ index: Int) -> Bool {
        if case .constant(let one) = storage { return one.vector.validity == nil }
        return validity?.isValid(index) ?? true
    }

    /// True when some row is NULL.
    package var hasNulls: Bool {
        if case .constant(let one) = storage { return one.vector.validity != nil }
        return validity != nil
    }

    /// True when every row is the same stored value.
    package var isConstant: Bool { if case .constant = storage { true } else { false } }

    /// The same values under another logical type of the same physical type.
    package func retyped(_ type: LogicalType) -> Vector {
        precondition(
            type.physicalType == self.type.physicalType, "a retyped vector keeps its storage")
        if case .constant(let one) = storage {
            return .constant(one.vector.retyped(type), count: count)
        }
        return Vector(type: type, count: count, validity: validity, storage: storage)
    }
}

/// The values of a vector by physical form.
package enum VectorStorage: Sendable {
    /// 0 or 1.
    case boolean(Buffer<UInt8>)
    /// smallint, integer, date.
    case int32(Buffer<Int32>)
    /// bigint, time, timestamps, numeric up to 18 digits.
    case int64(Buffer<Int64>)
    /// real and double precision.
    case float64(Buffer<Double>)
    /// numeric up to 38 digits with a fixed scale.
    case int128(Buffer<Int128>)
    /// numeric with a scale for each value.
    case decimal(Buffer<Decimal>)
    /// interval.
    case interval(Buffer<Interval>)
    /// text, json, bytea, uuid.
    case text(TextBuffer)
    /// Text by code: row i is `dictionary.values` row `codes[i]`.
    case dictionary(codes: Buffer<Int32>, VectorDictionary)
    /// Every row is the one row of the box.
    case constant(ConstantBox)
}

/// Distinct texts that codes point into; shared by all batches of a segment, so a kernel computes
/// each distinct value once and remembers it by identity.
// Immutable after init.
package final class VectorDictionary: Sendable {
    /// The distinct texts; no NULLs.
    package let values: TextBuffer
    /// The number of distinct texts.
    package var count: Int { values.references.count }

    /// Wraps distinct texts.
    package init(values: TextBuffer) { self.values = values }
}

/// Holds the single row of a constant vector.
// Immutable after init.
package final class ConstantBox: Sendable {
    /// A flat vector of one row.
    package let vector: Vector

    init(_ vector: Vector) { self.vector = vector }
}

extension Vector {
    /// `count` rows that all equal the only row of `one`.
    package static func constant(_ one: Vector, count: Int) -> Vector {
        precondition(one.count == 1, "a constant is made from one row")
        if case .constant = one.storage {
            return Vector(type: one.type, count: count, storage: one.storage)
        }
        return Vector(type: one.type, count: count, storage: .constant(ConstantBox(one)))
    }

    /// `count` NULLs.
    package static func nulls(_ type: LogicalType, count: Int) -> Vector {
        var builder = VectorBuilder(type: type, capacity: 1)
        builder.appendNull()
        return .constant(builder.finish(), count: count)
    }
}
