import DemetraFunctions
import DemetraTypes
import Testing

@Suite struct `Formats of metrics` {
    @Test(arguments: [
        ("number", "1234567.891", "1,234,567.89"), ("number 0", "-1234.5", "-1,235"),
        ("number 4", "0.00005", "0.0001"), ("integer", "999.4", "999"),
        ("percent", "0.0532", "5.32 %"), ("percent 0", "-0.5", "-50 %"),
        ("money USD", "1000", "USD 1,000.00"), ("money EUR 0", "-12345678", "EUR -12,345,678"),
    ])
    func `show a number as people read it`(
        format: String, number: String, expected: String
    ) throws {
        #expect(try MetricFormat(format).text(try Decimal.parse(number)) == expected)
    }

    @Test(arguments: [
        "", "dollars", "percent many", "percent 11", "percent -1", "number 1 2", "money",
        "money usd",
        "money USDX", "money USD 2 3", "integer 2",
    ])
    func `that are none are refused`(format: String) {
        do throws(DemetraError) {
            _ = try MetricFormat(format)
            Issue.record("\(format) was taken")
        } catch {
            #expect(error.sqlState == .invalidParameterValue)
        }
    }
}
