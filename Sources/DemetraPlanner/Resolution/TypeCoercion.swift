import DemetraTypes

/// Which casts happen by themselves, and which type values of several types share.
///
/// - Source: the type conversion chapter of the PostgreSQL 15 documentation.
enum TypeCoercion {
    /// The steps of the number ladder; what stands higher takes the lower ones in.
    static func rank(_ type: LogicalType) -> Int? {
        switch type {
        case .smallint: 0
        case .integer: 1
        case .bigint: 2
        case .numeric: 3
        case .real: 4
        case .double: 5
        default: nil
        }
    }

    /// Whether a value of one type is taken for another without being asked.
    static func isImplicit(_ source: LogicalType, _ target: LogicalType) -> Bool {
        if source.unmodified == target.unmodified || source == .unknown { return true }
        if let a = source.arrayElement, let b = target.arrayElement { return isImplicit(a, b) }
        if let a = rank(source), let b = rank(target) { return a <= b }
        if let isImplicit = isImplicitInCatalog(source, target.unmodified) { return isImplicit }
        switch (source, target.unmodified) {
        case (.varchar, .text), (.text, .varchar), (.date, .timestamp), (.date, .timestamptz),
            (.timestamp, .timestamptz), (.time, .interval):
            return true
        default: return false
        }
    }

    /// The same for types of the catalog; nil where neither is one.
    private static func isImplicitInCatalog(_ source: LogicalType, _ target: LogicalType) -> Bool? {
        switch (source, target) {
        case (.system, .text), (.system, .varchar): source.isStoredAsShown
        case (_, .system(.oid)): source.isInteger || source.isReference
        case (_, .system(.xid)): source.isInteger
        case (_, .system(.name)): source.isText
        case (.system(.oid), .system(let type)): type.isReference
        case (.system, _), (_, .system): false
        default: nil
        }
    }

    /// Whether a value may be stored in a column of another type.
    static func isAssignable(_ source: LogicalType, _ target: LogicalType) -> Bool {
        if isImplicit(source, target) { return true }
        if let a = source.arrayElement, let b = target.arrayElement { return isAssignable(a, b) }
        if rank(source) != nil, rank(target) != nil { return true }
        switch (source, target.unmodified) {
        case (_, .text), (_, .varchar): return true
        case (.system(.oid), .bigint), (.system(.oid), .integer), (.system(.xid), .bigint):
            return true
        case (.timestamp, .date), (.timestamptz, .date), (.timestamptz, .timestamp),
            (.timestamp, .time), (.timestamptz, .time), (.interval, .time), (.json, .jsonb),
            (.jsonb, .json):
            return true
        default: return false
        }
    }

    /// Whether CAST knows a way.
    static func isCastable(_ source: LogicalType, _ target: LogicalType) -> Bool {
        if isAssignable(source, target) || source.isText { return true }
        if let a = source.arrayElement, let b = target.arrayElement { return isCastable(a, b) }
        switch (source, target.unmodified) {
        case (_, .system(let type)) where type.isReference: return source.isInteger
        case (.system(let type), .bigint), (.system(let type), .integer): return type.isReference
        case (.boolean, .integer), (.smallint, .boolean), (.integer, .boolean), (.bigint, .boolean):
            return true
        default: return false
        }
    }

    /// The type that values of all these types are cast to, or nil.
    static func common(_ types: [LogicalType]) -> LogicalType? {
        let known = types.filter { $0 != .unknown }
        guard var result = known.first else { return .text }
        for type in known.dropFirst() where type != result {
            if type.unmodified == result.unmodified {
                result = result.unmodified
                continue
            }
            if let a = result.arrayElement, let b = type.arrayElement {
                guard let element = common([a, b]) else { return nil }
                result = .array(element)
            } else if let a = rank(result), let b = rank(type) {
                result = a >= b ? result.unmodified : type.unmodified
                // A float and an exact number meet in double precision.
                if result == .real, max(a, b) == 4, min(a, b) > 0 { result = .double }
            } else if result == .system(.name), type.isText {
                // As in PostgreSQL, where texts become names by themselves: the first of them says which.
                continue
            } else if isNumberOfObject(type, result) || isNumberOfObject(result, type) {
                result = .system(.oid)
            } else if isImplicit(type, result) {
                result = result.unmodified
            } else if isImplicit(result, type) {
                result = type.unmodified
            } else if result.isText, type.isText {
                result = .text
            } else {
                return nil
            }
        }
        return result
    }

    /// A reference and what may be its number: they meet in the number.
    private static func isNumberOfObject(_ number: LogicalType, _ reference: LogicalType) -> Bool {
        reference.isReference && (number.isInteger || number == .system(.oid))
    }
}
