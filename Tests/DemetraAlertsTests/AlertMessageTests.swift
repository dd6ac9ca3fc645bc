import DemetraAlerts
import DemetraPlanner
import DemetraTypes
import Testing

@Suite struct `The message of an alert` {
    private func shown(_ format: String, _ value: Value, _ type: LogicalType) throws -> String {
        AlertMessage.text(
            try MessageTemplate("{x\(format)}"), values: [value], types: [type])
    }

    @Test func `shows numbers as their format says`() throws {
        let number = Decimal(unscaled: 1_234_567_895, scale: 3)
        let cases: [(String, Value, LogicalType, String)] = [
            (":.2f", .double(1.2), .double, "1.20"),
            (":.2f", .double(1.005), .double, "1.01"),
            (":.2f", .double(-0.001), .double, "0.00"),
            (":.2f", .integer(7), .bigint, "7.00"),
            (":.2f", .numeric(number), .numeric(nil), "1234567.90"),
            (":,.1f", .numeric(number), .numeric(nil), "1,234,567.9"),
            (":,d", .integer(-1_234_567), .bigint, "-1,234,567"),
            (":,d", .integer(-123), .bigint, "-123"),
            (":d", .double(2.5), .double, "3"),
            (":.1%", .double(0.1234), .double, "12.3%"),
            (":.0%", .numeric(Decimal(unscaled: 5, scale: 1)), .numeric(nil), "50%"),
            (":.1%", .integer(2), .bigint, "200.0%"),
            (":f", .double(1.5), .double, "1.500000"),
            ("", .double(0.1), .double, "0.1"),
            (":s", .text("meta"), .text, "meta"),
            ("", .date(CalendarDate(days: 0)), .date, "1970-01-01"),
        ]
        for (format, value, type, expected) in cases {
            #expect(try shown(format, value, type) == expected, "\(format) of \(value)")
        }
    }

    @Test func `shows what no format fits as it is`() throws {
        #expect(try shown(":.2f", .null, .double) == "NULL")
        #expect(try shown(":.2f", .double(.nan), .double) == "NaN")
        #expect(try shown(":,.2f", .double(-.infinity), .double) == "-Infinity")
        #expect(try shown(":.2f", .double(1e300), .double) == "1e+300")
        #expect(try shown(":.2%", .double(1e75), .double) == "1e+75")
    }

    @Test func `keeps braces that are written twice`() throws {
        let template = try MessageTemplate("{{a}} {b} }}{{")
        #expect(template.places.map(\.expression) == ["b"])
        let text = AlertMessage.text(template, values: [.integer(1)], types: [.bigint])
        #expect(text == "{a} 1 }{")
    }

    @Test func `finds the format behind casts, quotes and brackets`() throws {
        let written = [
            "{a::float8:.2f}", "{coalesce(a, ':}'):s}", "{f(x => 1):d}", "{a::text}",
        ]
        let places = try written.map { try MessageTemplate($0).places[0] }
        #expect(
            places.map(\.expression) == [
                "a::float8", "coalesce(a, ':}')", "f(x => 1)", "a::text",
            ])
        #expect(places.map { $0.format?.style } == [.fixed, .text, .whole, nil])
    }

    @Test func `is refused with the place of the mistake`() {
        let cases: [(String, SQLState, Int)] = [
            ("ROI {roi", .syntaxError, 4), ("ROI roi}", .syntaxError, 7),
            ("{}", .syntaxError, 1), ("a { :d}", .syntaxError, 3),
            ("é{roi:.2q}", .invalidParameterValue, 7), ("{roi:}", .invalidParameterValue, 5),
            ("{roi:.21f}", .invalidParameterValue, 5), ("{roi:.f}", .invalidParameterValue, 5),
            ("{roi:.2d}", .invalidParameterValue, 5), ("{roi:,s}", .invalidParameterValue, 5),
        ]
        for (message, state, position) in cases {
            do {
                _ = try MessageTemplate(message)
                Issue.record("\(message) was taken")
            } catch {
                #expect(error.sqlState == state, "\(message)")
                #expect(error.position == position, "\(message)")
            }
        }
    }
}
