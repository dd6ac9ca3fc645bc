import Demetra
import DemetraFormats

/// The rows of the last answer, for what is done with them afterwards: charts, files, variables.
struct HeldResult {
    private let mostBytes: Int
    let schema: Schema
    let zone: TimeZoneRules
    private(set) var batches: [Batch] = []
    /// There were too many rows to keep.
    private(set) var isCut = false
    private var byteCount = 0

    /// - Parameter mostBytes: more is not kept.
    init(_ schema: Schema, _ zone: TimeZoneRules, mostBytes: Int) {
        self.mostBytes = mostBytes
        self.schema = schema
        self.zone = zone
    }

    /// The number of rows that are kept.
    var rowCount: Int { batches.reduce(0) { $0 + $1.count } }

    mutating func add(_ batch: Batch) {
        guard !isCut else { return }
        byteCount += batch.memoryBytes
        guard byteCount <= mostBytes else {
            isCut = true
            batches = []
            return
        }
        batches.append(batch)
    }

    /// The texts of a column, nil for NULL.
    func texts(_ column: Int) -> [String?] {
        batches.flatMap { batch in
            let cell = CellText(batch.vectors[column], style: .sql, zone: zone)
            return (0..<batch.count).map { row -> String? in
                guard cell.isValid(row) else { return nil }
                var bytes: [UInt8] = []
                cell.append(row, to: &bytes)
                return String(decoding: bytes, as: UTF8.self)
            }
        }
    }

    /// The numbers of a column, nil for NULL and what is no number.
    func numbers(_ column: Int) -> [Double?] {
        texts(column).map { text in
            text.flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil }
        }
    }
}
