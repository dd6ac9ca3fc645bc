import DemetraTypes
import DemetraVectors

/// Waiting, as PostgreSQL's functions of the same names: `pg_sleep(seconds)` and `pg_sleep_for(interval)`, once for each
/// row. The result is an empty text.
enum SleepFunctions {
    static let all: [ScalarFunction] = [
        function("pg_sleep", .double) { value in
            if case .double(let seconds) = value { seconds } else { 0 }
        },
        function("pg_sleep_for", .interval) { value in
            guard case .interval(let interval) = value else { return 0 }
            let days = Double(interval.months) * 30 + Double(interval.days)
            return days * 86_400 + Double(interval.microseconds) / 1_000_000
        },
    ]

    /// How long it sleeps before it looks whether it was cancelled.
    private static let sliceMilliseconds = 100

    private static func function(
        _ name: String, _ type: LogicalType, _ seconds: @escaping @Sendable (Value) -> Double
    ) -> ScalarFunction {
        ScalarFunction(name, Signature([.type(type)], result: .fixed(.text)), volatility: .volatile)
        {
            (arguments, count, context) throws(DemetraError) in
            var builder = VectorBuilder(type: .text, capacity: count)
            for row in 0..<count {
                try sleep(seconds(arguments[0].value(at: row)), context.cancellation)
                builder.append(.text(""))
            }
            return builder.finish()
        }
    }

    /// Slices are counted and no clock is asked, which may stand still; what is no number is no time.
    private static func sleep(
        _ seconds: Double, _ cancellation: CancellationFlag
    ) throws(DemetraError) {
        let nobody = Monitor(())
        var rest = seconds * 1_000
        while rest > 0 {
            try cancellation.check()
            let slice = min(rest.rounded(.up), Double(sliceMilliseconds))
            _ = nobody.wait(milliseconds: Int(slice)) { _ -> Void? in nil }
            rest -= slice
        }
        try cancellation.check()
    }
}
