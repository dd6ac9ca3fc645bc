/// The types of PostgreSQL's catalog: numbers and names of objects, and lists of them.
///
/// They lie in memory as other types do, so the engine scans, joins and sorts them without knowing them:
///
///     oid, xid                          int64         0...4294967295
///     name, "char", pg_node_tree, ...   text
///     regclass, regtype, ...            text          the name that is shown; its number is found by it
///     int2vector, oidvector             text          as arrays of smallint and oid, counted from 0
///     record                            text          as an array of integer: an element and its place
///
/// A column of a stored table never has one of them: see `stored`.
///
/// - Source: the chapters on object identifier types and on system catalogs of the PostgreSQL 15 documentation.
public enum SystemType: String, Sendable, Hashable, CaseIterable {
    /// The number of an object.
    case oid
    /// The number of a transaction.
    case xid
    /// A name of at most 63 bytes.
    case name
    /// One byte: a kind.
    case char = "\"char\""
    /// An expression of the catalog, here as SQL.
    case nodeTree = "pg_node_tree"
    /// A grant.
    case aclitem
    /// An address.
    case inet
    /// A relation.
    case regclass
    /// A type.
    case regtype
    /// A function.
    case regproc
    /// A function with the types of its arguments.
    case regprocedure
    /// A schema.
    case regnamespace
    /// A user.
    case regrole
    /// A collation.
    case regcollation
    /// Numbers of columns.
    case int2vector
    /// Numbers of objects.
    case oidvector
    /// What `information_schema._pg_expandarray` gives: an element `x` and its place `n`.
    case record
}

extension SystemType {
    /// The type that columns of stored tables have instead.
    package var stored: LogicalType {
        switch self {
        case .oid, .xid: .bigint
        case .int2vector: .array(.smallint)
        case .oidvector: .array(.bigint)
        case .record: .array(.integer)
        default: .text
        }
    }

    /// The type of what it lists; nil for one that is no list.
    package var element: LogicalType? {
        switch self {
        case .int2vector: .smallint
        case .oidvector: .system(.oid)
        case .record: .integer
        default: nil
        }
    }

    /// What stands for an object: its name, behind which there is a number.
    package var isReference: Bool {
        switch self {
        case .regclass, .regtype, .regproc, .regprocedure, .regnamespace, .regrole, .regcollation:
            true
        default: false
        }
    }

    /// The values are numbers.
    package var isNumber: Bool { self == .oid || self == .xid }

    /// A list whose first element has the number 0.
    package var countsFromZero: Bool { self == .int2vector || self == .oidvector }

    /// The fields of a record, in the order of its elements.
    package static let recordFields = ["x", "n"]

    /// The values of the numbers.
    package static let numbers: ClosedRange<Int64> = 0...Int64(UInt32.max)

    /// The longest name, in bytes.
    package static let longestName = 63

    /// The text of a list: `1 2 3`, of a record `(1,2)`.
    func text(_ elements: [Value]) -> String {
        let parts = elements.map { ValueText.text($0, type: element ?? .text) ?? "" }
        return self == .record ? "(\(parts.joined(separator: ",")))" : parts.joined(separator: " ")
    }

    /// Reads a value.
    ///
    /// - Throws: 22P02, 22003; 0A000 for a record, which no text is.
    func parse(_ text: String) throws(DemetraError) -> Value {
        switch self {
        case .oid, .xid: return .integer(try number(text))
        case .name:
            return .text(
                text.utf8.count <= Self.longestName
                    ? text : String(decoding: text.utf8.prefix(Self.longestName), as: UTF8.self))
        case .char: return .text(String(text.unicodeScalars.prefix(1)))
        case .int2vector, .oidvector:
            var elements: [Value] = []
            for part in text.split(whereSeparator: \.isWhitespace) {
                elements.append(try ValueText.parse(String(part), as: element ?? .text))
            }
            return .array(elements)
        case .record:
            throw DemetraError(
                .featureNotSupported, "input of anonymous composite types is not implemented")
        default: return .text(text)
        }
    }

    private func number(_ text: String) throws(DemetraError) -> Int64 {
        let trimmed = text.split(whereSeparator: \.isWhitespace)
        guard trimmed.count == 1, let number = Int64(trimmed[0]) else {
            throw DemetraError(
                .invalidTextRepresentation, "invalid input syntax for type \(self): \"\(text)\"")
        }
        // As in PostgreSQL a negative number is the one with the same bits.
        if let bits = Int32(exactly: number) { return Int64(UInt32(bitPattern: bits)) }
        guard Self.numbers.contains(number) else {
            throw DemetraError(
                .numericValueOutOfRange, "value \"\(text)\" is out of range for type \(self)")
        }
        return number
    }
}

extension SystemType: CustomStringConvertible {
    /// The name as `format_type` spells it.
    public var description: String { rawValue }
}

extension LogicalType {
    /// The type that a column of a stored table has for it: of a system type what it is kept as, and text where
    /// nothing has given a type.
    package var stored: LogicalType {
        switch self {
        case .unknown: .text
        case .system(let type): type.stored
        case .array(let element): .array(element.stored)
        default: self
        }
    }

    /// The system type that it is; nil for others.
    package var systemType: SystemType? {
        if case .system(let type) = self { type } else { nil }
    }

    /// A reference to an object of the catalog, such as regclass.
    package var isReference: Bool { systemType?.isReference ?? false }
}
