import Demetra
import DemetraFormats

/// The rows of the last answer, for what is done with them afterwards: charts, files, variables.
struct HeldResult {
    /// More is not kept.
    private static let mostBytes = 4 << 20

    let schema: Schema
    let zone: TimeZoneRules
    private(set) var batches: [Batch] = []
    /// There were too many rows to keep.
    private(set) var isCut = false
    private var byteCount = 0

    init(_ schema: Schema, _ zone: TimeZoneRules) {
        self.schema = schema
        self.zone = zone
    }

    /// The number of rows that are kept.
    var rowCount: Int { batches.reduce(0) { $0 + $1.count } }

    mutating func add(_ batch: Batch) {
        guard !isCut else { return }
        byteCount += batch.memoryBytes
        guard byteCount <= Self.mostBytes else {
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
