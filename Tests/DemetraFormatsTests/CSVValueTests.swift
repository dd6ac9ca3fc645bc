import DemetraFormats
import DemetraTypes
import Testing

@Suite struct `CSV values` {
    private func one(_ text: String, _ type: LogicalType) throws -> Value {
        let column = CSVColumn(name: "v", type: type, fieldIndex: 0)
        return try #require(try readCSV("\(text)\n".utf8, [column]).rows.first?.first)
    }

    private func lenient(_ text: String, _ type: LogicalType) throws -> Value? {
        let column = CSVColumn(name: "v", type: type, fieldIndex: 0)
        return try readCSV("\(text)\n".utf8, [column], policy: .tolerant).rows.first?.first
    }

    private func state(_ text: String, _ type: LogicalType) -> String? {
        do throws(DemetraError) {
            let column = CSVColumn(name: "v", type: type, fieldIndex: 0)
            _ = try readCSV("\(text)\n".utf8, [column])
            return nil
        } catch {
            return error.sqlState.code
        }
    }

    @Test(arguments: [
        "0", "7", "-1", "12345678", "123456789", "1234567890123456", "12345678901234567",
        "9223372036854775807", "-9223372036854775808", "00000000000000000000012",
    ])
    func `integers of every length are read`(text: String) throws {
        #expect(try one(text, .bigint) == .integer(Int64(text) ?? 0))
    }

    @Test func `blanks around numbers are no part of them`() throws {
        #expect(try one(" 42 ", .integer) == .integer(42))
        #expect(try one("\"+17\"", .smallint) == .integer(17))
    }

    @Test func `integers beyond the type are out of range and others malformed`() {
        #expect(state("9223372036854775808", .bigint) == "22003")
        #expect(state("2147483648", .integer) == "22003")
        #expect(state("-32769", .smallint) == "22003")
        for text in ["1x", "x", "-", "1.5", "\"\"", "12345678/"] {
            #expect(state(text, .bigint) == "22P02", "\(text)")
        }
    }

    @Test(arguments: [
        "0", "1.5", "-0.25", "3984.662237343649", "1e10", "2.5E-3", "0.1", "123456789012345678901",
        "1.7976931348623157e308", "9007199254740993", "0.000000000000000000000001", ".5", "5.",
        "22358.3466666667", "18.324918539200002",
    ])
    func `doubles are the nearest to their text`(text: String) throws {
        let expected = Double(text.hasPrefix(".") ? "0" + text : text.hasSuffix(".") ? "5" : text)
        #expect(try one(text, .double) == .double(try #require(expected)))
    }

    @Test func `doubles know infinity and NaN and refuse what overflows`() throws {
        #expect(try one("-Infinity", .double) == .double(-.infinity))
        guard case .double(let value) = try one("NaN", .double) else {
            Issue.record("no double")
            return
        }
        #expect(value.isNaN)
        #expect(state("1e400", .double) == "22003")
        #expect(state("0x1A", .double) == "22P02")
        #expect(state("1e", .double) == "22P02")
    }

    @Test func `numeric is exact and rounds halves away from zero`() throws {
        let type = LogicalType.numeric(NumericModifier(precision: 8, scale: 2))
        func value(_ unscaled: Int128) -> Value {
            .numeric(Decimal(unscaled: unscaled, scale: 2))
        }
        #expect(try one("10.5", type) == value(1_050))
        #expect(try one("1.005", type) == value(101))
        #expect(try one("-1.005", type) == value(-101))
        #expect(try one("999999.994", type) == value(99_999_999))
        #expect(try one("1e3", type) == value(100_000))
        #expect(state("999999.995", type) == "22003")
        #expect(state("1000000", type) == "22003")
        #expect(state("9999999999999999999", type) == "22003")
        #expect(state(".", type) == "22P02")
    }

    @Test func `numerics of more than 38 digits are rounded to their scale, and refused beyond it`()
        throws
    {
        let wide = LogicalType.numeric(NumericModifier(precision: 60, scale: 2))
        let whole = String(repeating: "1234567890", count: 5)
        for text in [whole + ".125", whole + ".13"] {
            #expect(try one(text, wide) == .numeric(Decimal(whole + ".13")))
            #expect(try lenient("$" + text, wide) == .numeric(Decimal(whole + ".13")))
        }
        #expect(throws: DemetraError.self) { try one(whole + whole, wide) }
        #expect(throws: DemetraError.self) { try one("NaN", wide) }
    }

    @Test func `wide and free numerics keep all digits`() throws {
        let wide = LogicalType.numeric(NumericModifier(precision: 38, scale: 10))
        #expect(
            try one("1234567890123456789012345678.0123456789", wide)
                == .numeric(
                    Decimal(unscaled: 12_345_678_901_234_567_890_123_456_780_123_456_789, scale: 10)
                ))
        #expect(try one("1.50", .numeric(nil)) == .numeric(Decimal(unscaled: 150, scale: 2)))
    }

    @Test(arguments: [
        ("2024-02-29", 19_782), ("1970-01-01", 0), ("1969-12-31", -1), ("0001-01-01", -719_162),
        ("2024/3/5", 19_787), ("20240305", 19_787), ("03/05/2024", 19_787), ("5 Mar 2024", 19_787),
        ("March 5, 2024", 19_787), ("05-Mar-2024", 19_787), ("2024-03-05 10:00:00", 19_787),
    ])
    func `dates in the usual forms`(text: String, days: Int32) throws {
        #expect(try one("\"\(text)\"", .date) == .date(CalendarDate(days: days)))
    }

    @Test func `days that do not exist are out of range`() {
        #expect(state("2023-02-29", .date) == "22008")
        #expect(state("2024-13-01", .date) == "22008")
        #expect(state("soon", .date) == "22007")
        #expect(state("2024-01-01 25:00:00", .timestamp) == "22008")
    }

    @Test(arguments: [
        ("2024-01-01 00:00:01", 1_704_067_201_000_000), ("2024-01-01", 1_704_067_200_000_000),
        ("2024-01-01T00:00:01.5", 1_704_067_201_500_000),
        ("2024-01-01 00:00:01.1234567", 1_704_067_201_123_457),
        ("2024-01-01T01:00:00Z", 1_704_070_800_000_000),
        ("1/1/2024 1:00 PM", 1_704_114_000_000_000),
    ])
    func `timestamps in the usual forms`(text: String, microseconds: Int64) throws {
        #expect(
            try one(text, .timestamp) == .timestamp(Timestamp(microseconds: microseconds)))
    }

    @Test func `a zone moves an instant and not a wall clock`() throws {
        let text = "2024-01-01 03:00:00+03"
        #expect(
            try one(text, .timestamptz)
                == .timestamptz(Timestamp(microseconds: 1_704_067_200_000_000)))
        #expect(
            try one(text, .timestamp) == .timestamp(Timestamp(microseconds: 1_704_078_000_000_000)))
    }

    @Test func `an instant without a zone is in the session's`() throws {
        var column = CSVColumn(name: "v", type: .timestamptz, fieldIndex: 0)
        column.zone = TimeZoneRules(name: "+03", offsetSeconds: 10_800)
        let rows = try readCSV("2024-01-01 03:00:00\n2024-01-01 00:00:00Z\n".utf8, [column]).rows
        let midnight = Value.timestamptz(Timestamp(microseconds: 1_704_067_200_000_000))
        #expect(rows == [[midnight], [midnight]])
    }

    @Test func `a fraction may begin with more zeros than a numeric keeps`() throws {
        let small = "0." + String(repeating: "0", count: 80) + "1"
        let zero = Value.numeric(Decimal(unscaled: 0, scale: 2))
        for precision in [12, 38] {
            let type = LogicalType.numeric(NumericModifier(precision: precision, scale: 2))
            #expect(try one(small, type) == zero)
            #expect(try lenient("$" + small.prefix(60), type) == zero)
        }
        #expect(try one(small, .numeric(nil)) == .numeric(Decimal(unscaled: 1, scale: 81)))
        let smaller = "0." + String(repeating: "0", count: 1_080) + "1"
        #expect(try one(smaller, .numeric(nil)) == .numeric(Decimal(unscaled: 0, scale: 1_000)))
        #expect(try one("0e32768", .numeric(nil)) == .numeric(.zero))
    }

    @Test func `what is too small for a float is out of its range`() {
        #expect(state("1e-60", .real) == "22003")
        #expect(state("1e-400", .double) == "22003")
        #expect(state("0e-400", .double) == nil)
    }

    @Test func `a real is the nearest to its text, not to the double in between`() throws {
        // A little more than half way between two reals, by less than a double can tell.
        #expect(try one("1.000000059604644775390626", .real) == .double(1.000000119209289550781250))
    }

    @Test func `times are read in every form that literals have`() throws {
        #expect(try one("0044-03-15 BC", .date) == .date(CalendarDate("0044-03-15 BC")))
        #expect(
            try one("0001-02-29 10:00:00 BC", .timestamp)
                == .timestamp(Timestamp("0001-02-29 10:00:00 BC")))
        #expect(try one("epoch", .timestamptz) == .timestamptz(Timestamp(microseconds: 0)))
        #expect(try one("101530", .time) == .time(36_930_000_000))
    }

    @Test func `times behind the end of the calendar are out of range`() {
        #expect(state("2922024-02-29", .timestamp) == "22008")
        #expect(state("294276-12-31 23:00:00-05", .timestamptz) == "22008")
        for year in ["5874898", "9999999"] {
            #expect(state("\(year)-01-01", .date) == "22008", "\(year)")
        }
        #expect(state("5874897-12-31", .date) == nil)
    }

    @Test func `identifiers and bytes are read as literals are`() throws {
        let uuid = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"
        #expect(try one("{A0EEBC999c0b-4ef8bb6d6bb9bd380a11}", .uuid) == .text(uuid))
        for text in ["{" + uuid, uuid + "}", "a0eebc9-99c0b-4ef8-bb6d-6bb9bd380a11"] {
            #expect(state(text, .uuid) == "22P02", "\(text)")
        }
        #expect(try one("a\\\\\\377", .bytea) == .bytes([0x61, 0x5c, 0xff]))
        #expect(state("\\400", .bytea) == "22P02")
    }

    @Test func `other types are read`() throws {
        #expect(try one("yes", .boolean) == .boolean(true))
        #expect(try one("F", .boolean) == .boolean(false))
        #expect(try one("\\xDEad", .bytea) == .bytes([0xDE, 0xAD]))
        #expect(try one("12:30:00.25", .time) == .time(45_000_250_000))
        #expect(
            try one("1 year 2 mons -3 days 04:05:06.5", .interval)
                == .interval(Interval(months: 14, days: -3, microseconds: 14_706_500_000)))
        #expect(
            try one("A0EEBC999C0B4EF8BB6D6BB9BD380A11", .uuid)
                == .text("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"))
        #expect(try one("\"{\"\"a\"\": [1,2]}\"", .json) == .text("{\"a\": [1,2]}"))
        #expect(
            try one("\"{\"\"bb\"\":1,\"\"a\"\":1e2,\"\"a\"\":2}\"", .jsonb)
                == .text("{\"a\": 2, \"bb\": 1}"))
        #expect(state("\"{a:1}\"", .json) == "22P02")
        #expect(try one("añb", .varchar(limit: 3)) == .text("añb"))
        #expect(state("abcd", .varchar(limit: 3)) == "22001")
    }

    @Test func `amounts are numbers when the reader is tolerant`() throws {
        let money = LogicalType.numeric(NumericModifier(precision: 18, scale: 2))
        func value(_ unscaled: Int128) -> Value? {
            .numeric(Decimal(unscaled: unscaled, scale: 2))
        }
        #expect(try lenient("\"$1,234.56\"", money) == value(123_456))
        #expect(try lenient("\"(1,234.56)\"", money) == value(-123_456))
        #expect(try lenient("-$5", money) == value(-500))
        #expect(try lenient("$7630.00", money) == value(763_000))
        #expect(try lenient("\"-1,234,567.891\"", money) == value(-123_456_789))
        #expect(try lenient("\"0,125\"", .double) == .double(0.125))
        #expect(try lenient("$", money) == nil)
        #expect(try lenient("$1.2.3", money) == nil)
        #expect(try lenient("\"$12,34\"", money) == value(1_234))
        #expect(try lenient("\"1 234,56\"", money) == value(123_456))
        #expect(try lenient("\"1.234,56 €\"", money) == value(123_456))
        #expect(try lenient("\"1,234\"", .bigint) == .integer(1_234))
        #expect(try lenient("12.5%", .double) == .double(12.5))
        #expect(try lenient("\"$1,234.56\"", .double) == .double(1_234.56))
        #expect(try lenient("\"1,23,456\"", .double) == nil)
        #expect(try lenient("\"\"", .double) == .null)
    }
}

@Suite struct `Strict and tolerant reading` {
    private func error(_ text: String, _ columns: [CSVColumn]) -> DemetraError? {
        do throws(DemetraError) {
            _ = try readCSV(text.utf8, columns)
            return nil
        } catch {
            return error
        }
    }

    @Test func `the first bad value is named with line and column`() {
        let error = error("1,2\n\"3\n\",4\n5,abc\n", columns(.text, .integer))
        #expect(error?.sqlState == .invalidTextRepresentation)
        #expect(error?.message == "invalid input syntax for type integer: \"abc\"")
        #expect(error?.context == "COPY t, line 4, column b: \"abc\"")
    }

    @Test func `too few and too many fields are refused`() {
        let few = error("1,2\n3\n", columns(.text, .integer))
        #expect(few?.sqlState == .badCopyFileFormat)
        #expect(few?.message == "missing data for column \"b\"")
        #expect(few?.context == "COPY t, line 2: \"3\"")
        let many = error("1,2,3\n", columns(.text, .integer))
        #expect(many?.message == "extra data after last expected column")
        #expect(
            error("a,\"b\n", columns(.text, .text))?.message == "unterminated CSV quoted field")
    }

    @Test func `the earlier of two errors is shown`() {
        #expect(error("x,1\n1\n", columns(.integer, .integer))?.context?.contains("line 1") == true)
        #expect(error("1\nx,1\n", columns(.integer, .integer))?.context?.contains("line 1") == true)
    }

    @Test func `bad rows are set aside with line and reason`() throws {
        let reading = try readCSV(
            "1,2\n\nx,3\n4\n5,6,7\n8,9\n1.5,2\n".utf8, columns(.integer, .integer),
            policy: .tolerant)
        #expect(reading.rows == [[.integer(1), .integer(2)], [.integer(8), .integer(9)]])
        #expect(reading.rejected.map(\.lineNumber) == [3, 4, 5, 7])
        #expect(reading.rejected.map(\.text) == ["x,3", "4", "5,6,7", "1.5,2"])
        #expect(
            reading.rejected.map(\.reason) == [
                "invalid input syntax for type integer: \"x\"",
                "missing data for column \"b\": 1 of 2 fields",
                "extra data after last expected column: 3 of 2 fields",
                "invalid input syntax for type integer: \"1.5\"",
            ])
    }

    @Test func `many rows with some bad ones keep their order and batches`() throws {
        var text = ""
        for row in 0..<10_000 { text += row % 97 == 5 ? "bad,\(row)\n" : "\(row),name\(row % 7)\n" }
        let reading = try readCSV(
            text.utf8, columns(.bigint, .text), policy: .tolerant, chunkByteCount: 20_000)
        let expected = (0..<10_000).filter { $0 % 97 != 5 }
        #expect(reading.rows.map { $0[0] } == expected.map { .integer(Int64($0)) })
        #expect(reading.rows.map { $0[1] } == expected.map { .text("name\($0 % 7)") })
        #expect(reading.rejected.count == 10_000 - expected.count)
    }
}
