import DemetraFormats
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `Names and types from a file` {
    private func infer(_ text: String, isWhole: Bool = true) throws -> TypeInference {
        let buffer = Buffer(Array(text.utf8))
        return try TypeInference.infer(
            sample: UnsafeBufferPointer(start: buffer.pointer, count: buffer.count),
            isWhole: isWhole)
    }

    private func type(_ values: String...) throws -> LogicalType {
        let lines = values.map { "\"\($0)\"" }.joined(separator: "\n")
        return try infer("v\n" + lines + "\n").columns[0].type
    }

    @Test func `headers become names without quotes`() {
        let names = HeaderNormaliser.names([
            "Campaign_ID", "Click Through Rate (%)", "2024", "", " Cost ", "cost", "Расход, ₽", "%",
            "cost",
        ])
        #expect(
            names == [
                "campaign_id", "click_through_rate", "_2024", "column_4", "cost", "cost_2",
                "расход", "column_8", "cost_3",
            ])
    }

    @Test func `numbers, words and flags have their types`() throws {
        #expect(try type("1", "-20", "") == .bigint)
        #expect(try type("1", "2.5") == .double)
        #expect(try type("007", "123") == .text)
        #expect(try type("12345678901234567890") == .text)
        #expect(try type("true", "No") == .boolean)
        #expect(try type("F", "F") == .text)
        #expect(try type("", "") == .text)
        #expect(try type("12.5%", "3%") == .double)
        #expect(try type("1,234", "17") == .bigint)
        #expect(try type("+79161234567") == .text)
    }

    @Test func `money is exact`() throws {
        let money = LogicalType.numeric(NumericModifier(precision: 18, scale: 2))
        #expect(try type("$1,234.56", "(1,000.00)", "$3") == money)
        #expect(try type("€5", "1.234,50 €") == money)
        #expect(
            try type("$0.1234") == .numeric(NumericModifier(precision: 18, scale: 4)))
    }

    @Test func `dates are told from timestamps`() throws {
        #expect(try type("2024-01-31", "2024-02-01") == .date)
        #expect(try type("5 Mar 2024", "Mar 5, 2024") == .date)
        #expect(try type("2024-01-31 10:00:00") == .timestamp)
        #expect(try type("2024-01-31T10:00:00.123Z") == .timestamptz)
        #expect(try type("10.5.3") == .text)
        #expect(try type("1-2", "3-4") == .text)
    }

    @Test func `day and month are told apart by the whole column`() throws {
        #expect(try infer("d\n03/05/2024\n25/05/2024\n").columns[0].dateOrder == .dayFirst)
        #expect(try infer("d\n03/05/2024\n05/25/2024\n").columns[0].dateOrder == .monthFirst)
        #expect(try infer("d\n03/05/2024\n04/05/2024\n").columns[0].dateOrder == .monthFirst)
        #expect(try infer("d\n03.05.2024\n04.05.2024\n").columns[0].dateOrder == .dayFirst)
    }

    @Test func `a few misfits do not make a column text`() throws {
        let numbers = (1...60).map { "\($0)" }.joined(separator: "\n")
        #expect(try infer("n\n\(numbers)\nbroken\n").columns[0].type == .bigint)
        #expect(try infer("n\n1\n2\nbroken\n").columns[0].type == .text)
    }

    @Test(arguments: [",", ";", "\t", "|"])
    func `the separator is found`(separator: String) throws {
        let text = ["a,x", "1;5", "2"].map { "\"\($0)\"" }.joined(separator: separator)
        let inference = try infer("\(text)\nq\(separator)2,5\(separator)z\n")
        #expect(inference.fieldCount == 3)
        #expect(inference.dialect.delimiter == separator.utf8.first)
    }

    @Test func `a first record of values is no header`() throws {
        let without = try infer("1,abc,2024-01-01\n2,def,2024-01-02\n")
        #expect(without.columns.map(\.name) == ["column_1", "column_2", "column_3"])
        #expect(without.columns.map(\.type) == [.bigint, .text, .date])
        #expect(without.sampledCount == 2)
        #expect(try infer("id,2023\n1,5\n2,6\n").columns.map(\.name) == ["id", "_2023"])
        #expect(try infer("name,city\nAnn,Rome\n").header == ["name", "city"])
    }

    @Test func `a torn last record of a sample does not count`() throws {
        let inference = try infer("a,b\n1,2\n3,xx", isWhole: false)
        #expect(inference.columns.map(\.type) == [.bigint, .bigint])
        #expect(try infer("a,b\n1,2\n3,xx").columns.map(\.type) == [.bigint, .text])
    }

    @Test func `an empty file is refused`() {
        #expect(throws: DemetraError.self) { _ = try infer("") }
        #expect(throws: DemetraError.self) { _ = try infer("\n\n") }
    }

    @Test func `a later value widens its column inside the family`() throws {
        let inference = try infer("a,d\n1,2024-01-01\n")
        let bytes = Buffer(Array("a,d\n1,2024-01-01\n2.5,2024-01-02 10:00\nx,2024-01-01\n".utf8))
        var chunker = CSVChunker(dialect: inference.dialect)
        _ = try chunker.push(UnsafeBufferPointer(start: bytes.pointer, count: bytes.count))
        let chunk = try #require(try chunker.finish())
        func parse(_ inference: TypeInference) throws -> ParsedChunk {
            try CSVChunkParser(
                dialect: inference.dialect, fieldCount: inference.fieldCount,
                columns: inference.columns, policy: .tolerant
            ).parse(chunk)
        }
        let parsed = try parse(inference)
        // A date column takes the day of a timestamp, so only the number asks for more.
        #expect(parsed.widenings == [0: .double])
        let wide = try parse(inference.widened(by: parsed.widenings))
        #expect(wide.batches.map { $0.vectors[0].values } == [[.double(1), .double(2.5)]])
        #expect(wide.rejected.map(\.lineNumber) == [4])
    }
}
