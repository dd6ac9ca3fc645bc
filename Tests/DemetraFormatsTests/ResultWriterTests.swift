import DemetraFormats
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `Results as text` {
    private static let schema = Schema([
        Field(name: "id", type: .bigint), Field(name: "channel", type: .text),
        Field(name: "spend", type: .numeric(NumericModifier(precision: 12, scale: 2))),
        Field(name: "day", type: .date), Field(name: "ok", type: .boolean),
    ])

    private static let rows: [[Value]] = [
        [
            .integer(1), .text("google|ads"), .numeric(Decimal(unscaled: 1_050, scale: 2)),
            .date(CalendarDate(days: 19_782)), .boolean(true),
        ],
        [.integer(-20), .text("日本"), .numeric(Decimal(unscaled: -5, scale: 2)), .null, .null],
        [.null, .text("say \"hi\",\nok"), .null, .null, .boolean(false)],
        [.integer(0), .text(""), .null, .null, .null],
    ]

    static func batch(_ schema: Schema, _ rows: [[Value]]) -> Batch {
        Batch(
            schema.fields.enumerated().map { index, field in
                Vector(rows.map { $0[index] }, type: field.type)
            }, count: rows.count)
    }

    private func written(_ format: String) -> String {
        let writer = ResultWriters.make(format, schema: Self.schema)
        var bytes: [UInt8] = []
        writer.begin(into: &bytes)
        writer.write(Self.batch(Self.schema, Self.rows), into: &bytes)
        writer.end(into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `CSV quotes only what needs it`() {
        #expect(
            written("csv") == """
                id,channel,spend,day,ok
                1,google|ads,10.50,2024-02-29,t
                -20,日本,-0.05,,
                ,"say ""hi"",
                ok",,,f
                0,"",,,

                """)
    }

    @Test func `JSON is an array or lines of objects`() {
        #expect(
            written("jsonl") == """
                {"id":1,"channel":"google|ads","spend":10.50,"day":"2024-02-29","ok":true}
                {"id":-20,"channel":"日本","spend":-0.05,"day":null,"ok":null}
                {"id":null,"channel":"say \\"hi\\",\\nok","spend":null,"day":null,"ok":false}
                {"id":0,"channel":"","spend":null,"day":null,"ok":null}

                """)
        #expect(JSONText.isValid(written("json")))
    }

    @Test func `JSON has instants with zones and no infinities`() {
        let schema = Schema([
            Field(name: "t", type: .timestamptz), Field(name: "w", type: .timestamp),
            Field(name: "x", type: .double), Field(name: "j", type: .jsonb),
        ])
        let time = Timestamp(microseconds: 1_704_067_201_500_000)
        let writer = JSONWriter(schema: schema, isLines: true)
        var bytes: [UInt8] = []
        writer.write(
            Self.batch(
                schema,
                [[.timestamptz(time), .timestamp(time), .double(.infinity), .text("{\"a\": 1}")]]),
            into: &bytes)
        #expect(
            String(decoding: bytes, as: UTF8.self) == """
                {"t":"2024-01-01T00:00:01.5+00:00","w":"2024-01-01T00:00:01.5",\
                "x":"Infinity","j":{"a": 1}}

                """)
    }

    @Test func `Markdown escapes bars and line breaks`() {
        #expect(
            written("markdown") == """
                | id | channel | spend | day | ok |
                | ---: | --- | ---: | --- | --- |
                | 1 | google\\|ads | 10.50 | 2024-02-29 | t |
                | -20 | 日本 | -0.05 | | |
                | | say "hi",<br>ok | | | f |
                | 0 |  | | | |

                """)
    }

    @Test func `a table is aligned by display width`() {
        let lines = written("table").split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            lines == [
                " id  |    channel    | spend |    day     | ok ",
                "-----+---------------+-------+------------+----",
                "   1 | google|ads    | 10.50 | 2024-02-29 | t",
                " -20 | 日本          | -0.05 |            | ",
                "     | say \"hi\",\\nok |       |            | f",
                "   0 |               |       |            | ",
                "",
            ])
    }

    @Test func `a long result is not kept whole`() {
        let schema = Schema([Field(name: "n", type: .bigint)])
        let writer = TableWriter(schema: schema)
        let batch = Self.batch(schema, (0..<2_000).map { [.integer($0)] })
        var bytes: [UInt8] = []
        for _ in 0..<5 { writer.write(batch, into: &bytes) }
        let before = bytes.count
        #expect(before > 50_000)
        writer.write(batch, into: &bytes)
        #expect(bytes.count > before)
        writer.end(into: &bytes)
        #expect(bytes.count { $0 == 0x0A } == 12_002)
    }

    @Test(arguments: 0..<20)
    func `what is written reads back`(round: UInt64) throws {
        var random = SplitMix(state: Seed.value &+ round)
        let schema = Schema([
            Field(name: "a", type: .bigint), Field(name: "b", type: .text),
            Field(name: "c", type: .double), Field(name: "d", type: .timestamp),
            Field(name: "e", type: .numeric(NumericModifier(precision: 18, scale: 4))),
            Field(name: "f", type: .date), Field(name: "g", type: .boolean),
        ])
        let rows = (0..<200).map { _ in schema.fields.map { random.value($0.type) } }
        for dialect in [
            CSVDialect.csv, .copyText, CSVDialect(hasHeader: true, nullText: Array("NULL".utf8)),
            CSVDialect(delimiter: UInt8(ascii: ";"), escape: UInt8(ascii: "\\")),
        ] {
            let writer = DelimitedWriter(schema: schema, dialect: dialect)
            var bytes: [UInt8] = []
            writer.begin(into: &bytes)
            writer.write(Self.batch(schema, rows), into: &bytes)
            writer.end(into: &bytes)
            let reading = try readCSV(
                bytes, CSVColumn.columns(of: schema), dialect: dialect, chunkByteCount: 1_000)
            #expect(reading.rows == rows, "seed \(Seed.value), round \(round)")
        }
    }
}

/// The seed of random tests, from DEMETRA_SEED or fixed.
enum Seed {
    static let value = UInt64(ProcessEnvironment.value("DEMETRA_SEED") ?? "") ?? 42
}

/// A small generator with good mixing.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A random value of a type, NULL now and then.
    mutating func value(_ type: LogicalType) -> Value {
        if Int.random(in: 0..<6, using: &self) == 0 { return .null }
        switch type {
        case .bigint:
            return .integer(Int64(bitPattern: next()) >> Int64.random(in: 0..<63, using: &self))
        case .double: return .double(Double(Int64(bitPattern: next()) >> 20) / 1_000)
        case .timestamp:
            return .timestamp(
                Timestamp(
                    microseconds: Int64.random(
                        in: -60_000_000_000_000_000...250_000_000_000_000_000, using: &self)))
        case .numeric:
            return .numeric(
                Decimal(unscaled: Int128(Int64(bitPattern: next()) % 1_000_000_000_000), scale: 4))
        case .date:
            return .date(CalendarDate(days: Int32.random(in: -700_000...2_900_000, using: &self)))
        case .boolean: return .boolean(Bool.random(using: &self))
        default: return .text(text())
        }
    }

    private mutating func text() -> String {
        let pieces = ["a", "\"", ",", "\n", "\r", "\t", "\\", ";", "é", "日", " ", "NULL", ".", "N"]
        let count = Int.random(in: 0..<6, using: &self)
        return (0..<count).map { _ in pieces.randomElement(using: &self) ?? "" }.joined()
    }
}
