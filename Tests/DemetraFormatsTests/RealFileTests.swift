import DemetraFormats
import DemetraTypes
import DemetraVectors
import Glibc
import Testing

/// Where the files are: beside the package, or where `DEMETRA_SHARED` says.
private enum RealFiles {
    static let directory: String = {
        if let shared = ProcessEnvironment.value("DEMETRA_SHARED") { return shared + "/data/" }
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return "/\(root)/../shared/data/"
    }()
}

/// Files of the wild, beside the package; their row counts are those of their own description.
@Suite(.enabled(if: access(RealFiles.directory, R_OK) == 0))
struct `Real files` {
    private func bytes(_ path: String) throws -> [UInt8] {
        let file = try #require(fopen(RealFiles.directory + path, "r"), "no file \(path)")
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&piece, 1, piece.count, file), count > 0 {
            bytes += piece[..<count]
        }
        return bytes
    }

    private func read(_ path: String) throws -> (TypeInference, CSVReading) {
        let bytes = try bytes(path)
        let buffer = Buffer(bytes)
        let inference = try TypeInference.infer(
            sample: UnsafeBufferPointer(start: buffer.pointer, count: buffer.count), isWhole: true)
        let reading = try readCSV(
            bytes, inference.columns, dialect: inference.dialect, policy: .tolerant,
            pieceByteCount: 4_000, chunkByteCount: 50_000)
        return (inference, reading)
    }

    @Test(arguments: [
        ("roi/cozy_corners_train.csv", 4_087), ("roi/cozy_corners_test.csv", 576),
        ("roi/kag_conversion_train.csv", 656), ("roi/kag_conversion_test.csv", 251),
        ("roi/campaigns_messy.csv", 3_533), ("mmm/robyn_simulated_weekly.csv", 208),
        ("mmm/pymc_mmm_example.csv", 179), ("forecast/series.csv", 180),
        ("anomaly/exchange-2_cpc_results.csv", 1_624),
        ("anomaly/exchange-3_cpm_results.csv", 1_538), ("anomaly_daily/spend_0.csv", 420),
        ("channels/tabmo_slots.csv", 20_093),
    ])
    func `every row is read`(path: String, rowCount: Int) throws {
        let (_, reading) = try read(path)
        #expect(reading.rows.count == rowCount)
        #expect(reading.rejected.isEmpty)
    }

    @Test func `messy campaigns keep their NULLs and types`() throws {
        let (inference, reading) = try read("roi/campaigns_messy.csv")
        let types = Dictionary(
            uniqueKeysWithValues: inference.columns.map { ($0.name, $0.type) })
        #expect(types["date"] == .date)
        #expect(types["campaign_id"] == .text)
        #expect(types["impressions"] == .bigint)
        #expect(types["leads"] == .double)
        #expect(types["spend"] == .double)
        func nulls(_ name: String) throws -> Int {
            let index = try #require(inference.schema.index(of: name))
            return reading.rows.count { $0[index].isNull }
        }
        #expect(try nulls("device") == 70)
        #expect(try nulls("leads") == 105)
    }

    @Test func `days written month first are found`() throws {
        let (inference, reading) = try read("mmm/pymc_mmm_example.csv")
        #expect(inference.columns[0].type == .date)
        #expect(reading.rows[0][0] == .date(CalendarDate(days: 17_623)))
    }
}
