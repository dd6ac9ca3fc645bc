package import DemetraTypes
import DemetraVectors

/// Casts to and from references: regclass, regtype and their kin.
///
/// A reference is kept as its name, so the number is looked up by the name, and the name by the number. They are
/// functions, as they ask the session's catalog.
package enum ReferenceCast {
    /// The function that casts between two types, one of which refers to objects, or lists of them; nil for casts
    /// that need no catalog.
    package static func function(
        from source: LogicalType, to target: LogicalType
    ) -> ScalarFunction? {
        if case .array(let to) = target, let from = source.arrayElement {
            guard let cast = conversion(from: from, to: to) else { return nil }
            return function(source, target) { (value, directory) throws(DemetraError) in
                guard case .array(let elements) = value else { return value }
                var result: [Value] = []
                for element in elements {
                    result.append(element.isNull ? .null : try cast(element, directory))
                }
                return .array(result)
            }
        }
        return conversion(from: source, to: target).map { function(source, target, $0) }
    }

    private typealias Conversion =
        @Sendable (Value, any ObjectDirectory) throws(DemetraError) -> Value

    private static func function(
        _ source: LogicalType, _ target: LogicalType, _ cast: @escaping Conversion
    ) -> ScalarFunction {
        DirectoryFunction.make(
            target.description, Signature([.type(source)], result: .fixed(target))
        ) { (values, directory, _) throws(DemetraError) in try cast(values[0], directory) }
    }

    private static func conversion(
        from source: LogicalType, to target: LogicalType
    ) -> Conversion? {
        if let type = target.systemType, type.isReference {
            if source == .system(.oid) || source.isInteger {
                return { value, directory in .text(name(of: value, type, directory)) }
            }
            guard source.isText || source.isReference else { return nil }
            return { (value, directory) throws(DemetraError) in
                let number = try required(value.textOrEmpty, type, directory)
                return .text(name(of: .integer(number), type, directory))
            }
        }
        guard let type = source.systemType, type.isReference,
            target == .system(.oid) || target == .bigint || target == .integer
        else { return nil }
        return { (value, directory) throws(DemetraError) in
            .integer(try required(value.textOrEmpty, type, directory))
        }
    }

    /// The name of an object; of none its number, and `-` for 0.
    private static func name(
        of number: Value, _ type: SystemType, _ directory: any ObjectDirectory
    ) -> String {
        let number = Int64(number.integerOrZero)
        if number == 0 { return "-" }
        return directory.name(of: number, as: type) ?? String(number)
    }

    /// The number of a name; digits are a number themselves.
    ///
    /// - Throws: 42P01, 42704, 42883 or 3F000 when there is no such object.
    private static func required(
        _ name: String, _ type: SystemType, _ directory: any ObjectDirectory
    ) throws(DemetraError) -> Int64 {
        if name == "-" { return 0 }
        if let number = Int64(name), SystemType.numbers.contains(number) { return number }
        if let number = try directory.number(of: name, as: type) { return number }
        throw missing(name, type)
    }

    /// The error of a name that means nothing.
    static func missing(_ name: String, _ type: SystemType) -> DemetraError {
        let (state, what): (SQLState, String) =
            switch type {
            case .regclass: (.undefinedTable, "relation")
            case .regproc, .regprocedure: (.undefinedFunction, "function")
            case .regnamespace: (.invalidSchemaName, "schema")
            case .regrole: (.undefinedObject, "role")
            case .regcollation: (.undefinedObject, "collation")
            default: (.undefinedObject, "type")
            }
        return DemetraError(state, "\(what) \"\(name)\" does not exist")
    }
}
