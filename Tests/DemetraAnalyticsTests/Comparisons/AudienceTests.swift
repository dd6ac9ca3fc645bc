import DemetraAnalytics
import DemetraFunctions
import DemetraTypes
import Testing

@Suite struct `Audiences compared` {
    private let call = RelationCall(AudienceFunction.function, AdTable.schema)

    /// Rows in which young women return three times as much.
    private var rows: [[Value]] {
        AdTable(days: 120).rows(seed: 8).map { row in
            var row = row
            if row[2] == .text("18-24"), row[3] == .text("F") {
                row[5] = .double(row[5].number * 3)
            }
            return row
        }
    }

    @Test func `are told segment by segment, with their columns as they came`() throws {
        let found = try call.named(rows, [("segment", .text("age, gender"))])
        #expect(found.count == 6)
        let better = found.filter { $0["verdict"] == .text("better") }
        #expect(better.count == 1)
        #expect(better.first?["age"] == .text("18-24"))
        #expect(better.first?["gender"] == .text("F"))
        #expect(found.allSatisfy { $0["channel"] == .null })
    }

    @Test func `within channels are compared with the rest of their channel`() throws {
        let found = try call.named(
            rows, [("segment", .text("gender")), ("channel", .text("channel"))])
        #expect(found.count == 10)
        #expect(Set(found.map { $0["channel"] }).count == 5)
        for channel in ["Email", "Video"] {
            let pair = found.filter { $0["channel"] == .text(channel) }
            let differences = pair.map { $0["diff"]?.number ?? .nan }
            #expect(differences.count == 2)
            #expect(abs(differences[0] + differences[1]) < 1e-9)
        }
    }

    @Test func `may be compared with one of them`() throws {
        let found = try call.named(
            rows, [("segment", .text("age,gender")), ("baseline", .text("35-44, M"))])
        let baseline = found.filter { $0["verdict"] == .text("baseline") }
        #expect(baseline.count == 1)
        #expect(baseline.first?["age"] == .text("35-44"))
        let error = call.failure(
            rows, [("segment", .text("age,gender")), ("baseline", .text("35-44"))])
        #expect(error?.sqlState == .invalidParameterValue)
    }

    @Test func `need a segment`() {
        #expect(call.failure(rows)?.sqlState == .undefinedFunction)
        #expect(call.failure(rows, [("segment", .text("agee"))])?.sqlState == .undefinedColumn)
    }

    @Test func `are the same bytes for any order of rows and number of threads`() throws {
        let rows = rows
        let arguments: [(String, Value)] = [
            ("segment", .text("age,gender")), ("metric", .text("cvr")),
        ]
        var parallel = call
        parallel.workers = ManyWorkers()
        let one = try call.values(rows, arguments)
        #expect(try parallel.values(rows, arguments) == one)
        var generator = SeededGenerator(seed: 4)
        #expect(try call.values(rows.shuffled(using: &generator), arguments) == one)
    }
}
