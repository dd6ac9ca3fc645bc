/// A five-character SQLSTATE code.
///
/// - Source: PostgreSQL 15 documentation, appendix A.
public struct SQLState: Sendable, Hashable, CustomStringConvertible {
    /// The five characters, such as `42P01`.
    public let code: String

    /// Makes a state from its code.
    public init(_ code: String) { self.code = code }

    /// The code.
    public var description: String { code }
}

/// PostgreSQL's states, by its names for them.
extension SQLState {
    package static let protocolViolation = SQLState("08P01")
    package static let featureNotSupported = SQLState("0A000")
    package static let cardinalityViolation = SQLState("21000")
    package static let stringDataRightTruncation = SQLState("22001")
    package static let numericValueOutOfRange = SQLState("22003")
    package static let invalidDatetimeFormat = SQLState("22007")
    package static let datetimeFieldOverflow = SQLState("22008")
    package static let substringError = SQLState("22011")
    package static let invalidTimeZoneDisplacement = SQLState("22009")
    package static let divisionByZero = SQLState("22012")
    package static let invalidWindowFrameOffset = SQLState("22013")
    package static let invalidArgumentForNtile = SQLState("22014")
    package static let intervalFieldOverflow = SQLState("22015")
    package static let invalidArgumentForLogarithm = SQLState("2201E")
    package static let invalidArgumentForPower = SQLState("2201F")
    package static let invalidRegularExpression = SQLState("2201B")
    package static let invalidRowCountInLimit = SQLState("2201W")
    package static let invalidRowCountInOffset = SQLState("2201X")
    package static let characterNotInRepertoire = SQLState("22021")
    package static let invalidParameterValue = SQLState("22023")
    package static let nullValueNotAllowed = SQLState("22004")
    package static let invalidEscapeSequence = SQLState("22025")
    package static let invalidTextRepresentation = SQLState("22P02")
    package static let badCopyFileFormat = SQLState("22P04")
    package static let notNullViolation = SQLState("23502")
    package static let uniqueViolation = SQLState("23505")
    package static let checkViolation = SQLState("23514")
    package static let invalidTransactionState = SQLState("25000")
    package static let readOnlyTransaction = SQLState("25006")
    package static let inFailedTransaction = SQLState("25P02")
    package static let invalidStatementName = SQLState("26000")
    package static let dependentObjectsStillExist = SQLState("2BP01")
    package static let invalidCatalogName = SQLState("3D000")
    package static let serializationFailure = SQLState("40001")
    package static let nameTooLong = SQLState("42622")
    package static let syntaxError = SQLState("42601")
    package static let duplicateColumn = SQLState("42701")
    package static let ambiguousColumn = SQLState("42702")
    package static let undefinedColumn = SQLState("42703")
    package static let undefinedObject = SQLState("42704")
    package static let duplicateObject = SQLState("42710")
    package static let duplicateAlias = SQLState("42712")
    package static let groupingError = SQLState("42803")
    package static let datatypeMismatch = SQLState("42804")
    package static let wrongObjectType = SQLState("42809")
    package static let cannotCoerce = SQLState("42846")
    package static let undefinedFunction = SQLState("42883")
    package static let ambiguousFunction = SQLState("42725")
    package static let undefinedTable = SQLState("42P01")
    package static let undefinedParameter = SQLState("42P02")
    package static let duplicatePreparedStatement = SQLState("42P05")
    package static let duplicateTable = SQLState("42P07")
    package static let invalidColumnReference = SQLState("42P10")
    package static let invalidTableDefinition = SQLState("42P16")
    package static let indeterminateDatatype = SQLState("42P18")
    package static let windowingError = SQLState("42P20")
    package static let outOfMemory = SQLState("53200")
    package static let diskFull = SQLState("53100")
    package static let statementTooComplex = SQLState("54001")
    package static let programLimitExceeded = SQLState("54000")
    package static let objectNotInPrerequisiteState = SQLState("55000")
    package static let snapshotTooOld = SQLState("72000")
    package static let lockNotAvailable = SQLState("55P03")
    package static let queryCanceled = SQLState("57014")
    package static let adminShutdown = SQLState("57P01")
    package static let ioError = SQLState("58030")
    package static let undefinedFile = SQLState("58P01")
    package static let duplicateFile = SQLState("58P02")
    package static let internalError = SQLState("XX000")
    package static let dataCorrupted = SQLState("XX001")
}
