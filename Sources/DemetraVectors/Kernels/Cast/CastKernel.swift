package import DemetraTypes

/// What casts need to know of the session.
package struct CastContext: Sendable {
    /// The session's time zone.
    package let zone: TimeZoneRules
    /// All zones, for text that names one.
    package let zones: TimeZones
    /// What the texts `now` and `today` mean; nil where they mean nothing.
    package let now: Timestamp?

    /// Makes a context.
    package init(
        zone: TimeZoneRules = .utc, zones: TimeZones = .fixedOnly, now: Timestamp? = nil
    ) {
        self.zone = zone
        self.zones = zones
        self.now = now
    }
}

/// Casts between all types that PostgreSQL casts between.
///
/// NULL stays NULL. Dictionary vectors are cast once per distinct value that a row uses, constants once.
///
/// - Throws: 22P02, 22007, 22008 for text that does not read, 22003 for numbers that do not fit, 22001
///   for text too long in an implicit cast, 42846 for types without a cast.
package enum CastKernel {
    /// `vector` as `type`.
    package static func cast(
        _ vector: Vector, to type: LogicalType, isExplicit: Bool, _ context: CastContext
    ) throws(DemetraError) -> Vector {
        if vector.type == type { return vector }
        if case .constant(let one) = vector.storage {
            guard vector.count > 0 else { return Vector([], type: type) }
            let result = try cast(one.vector, to: type, isExplicit: isExplicit, context)
            return .constant(result, count: vector.count)
        }
        if let same = relabelled(vector, type) { return same }
        if let fast = try NumericCasts.cast(vector, to: type) { return fast }
        if let fast = try TextCasts.cast(vector, to: type, isExplicit: isExplicit, context) {
            return fast
        }
        let caster = ValueCaster(source: vector.type, target: type, isExplicit: isExplicit, context)
        var builder = VectorBuilder(type: type, capacity: vector.count)
        for row in 0..<vector.count {
            builder.append(try caster.cast(vector.value(at: row)))
        }
        return builder.finish()
    }

    /// Casts that change the name of the type only.
    private static func relabelled(_ vector: Vector, _ type: LogicalType) -> Vector? {
        switch (vector.type, type) {
        case (.text, .text), (.unknown, .text), (.varchar, .text), (.json, .text), (.jsonb, .text),
            (.uuid, .text), (.text, .unknown), (.unknown, .varchar(limit: nil)),
            (.text, .varchar(limit: nil)), (.varchar, .varchar(limit: nil)),
            (.smallint, .integer), (.system(.oid), .bigint), (.system(.xid), .bigint),
            (.system(.int2vector), .array(.smallint)), (.system(.oidvector), .array(.system(.oid))),
            (.system(.record), .array(.integer)), (.array(.smallint), .system(.int2vector)),
            (.array(.system(.oid)), .system(.oidvector)):
            return vector.retyped(type)
        case (.system(let source), .text), (.system(let source), .varchar(limit: nil)):
            return vector.type.isStoredAsShown && source != .record ? vector.retyped(type) : nil
        default: return nil
        }
    }
}
