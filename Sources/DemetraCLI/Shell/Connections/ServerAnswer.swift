import CLibPQ
import Demetra

/// Gathers the rows of a server's answer into the batches that answers consist of everywhere.
///
/// Rows come as texts, one at a time, so that no answer has to fit into memory.
struct ServerAnswer {
    /// A batch is handed on when its texts have so many bytes.
    private static let mostBytes = 1 << 20

    private let output: any StatementOutput
    private var types: [LogicalType]?
    private var columns: [[Value]] = []
    private var rowCount = 0
    private var byteCount = 0

    init(_ output: any StatementOutput) { self.output = output }

    /// Takes a result in that holds columns, and a row or none.
    mutating func add(_ result: OpaquePointer?) throws(DemetraError) {
        let types = try begun(result)
        for row in 0..<PQntuples(result) {
            for (index, type) in types.enumerated() {
                columns[index].append(try value(result, row, Int32(index), type))
            }
            rowCount += 1
        }
        if byteCount >= Self.mostBytes || rowCount >= Batch.capacity { try handOn() }
    }

    /// The statement is done.
    mutating func finish(_ result: OpaquePointer?) throws(DemetraError) {
        try handOn()
        types = nil
        guard let tag = PQcmdStatus(result) else { return }
        try output.finish(tag: String(cString: tag))
    }

    /// The types of the columns, after the output was told of them.
    private mutating func begun(_ result: OpaquePointer?) throws(DemetraError) -> [LogicalType] {
        if let types { return types }
        let fields = (0..<PQnfields(result)).map { column in
            Field(
                name: PQfname(result, column).map { String(cString: $0) } ?? "",
                type: LogicalType(objectID: PQftype(result, column)) ?? .text)
        }
        try output.begin(Schema(fields))
        let types = fields.map(\.type)
        self.types = types
        columns = types.map { _ in [] }
        return types
    }

    private mutating func value(
        _ result: OpaquePointer?, _ row: Int32, _ column: Int32, _ type: LogicalType
    ) throws(DemetraError) -> Value {
        guard PQgetisnull(result, row, column) == 0, let bytes = PQgetvalue(result, row, column)
        else { return .null }
        byteCount += Int(PQgetlength(result, row, column))
        let text = String(cString: bytes)
        // The server has written it as the type wants it, a reference by its name: nothing is left to check.
        return type.isStoredAsShown ? .text(text) : try ValueText.parse(text, as: type)
    }

    private mutating func handOn() throws(DemetraError) {
        guard let types, rowCount > 0 else { return }
        let batch = Batch(zip(columns, types).map { Vector($0, type: $1) }, count: rowCount)
        columns = types.map { _ in [] }
        (rowCount, byteCount) = (0, 0)
        try output.rows(batch)
    }
}
