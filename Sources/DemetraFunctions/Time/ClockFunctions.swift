import DemetraTypes
import DemetraVectors

/// What the time is while the statement runs: another one at each call, unlike `now()`.
enum ClockFunctions {
    static let all: [ScalarFunction] = [
        ScalarBuilder.function("clock_timestamp", [], .timestamptz, volatility: .volatile) {
            _, context in .timestamptz(present(context))
        },
        ScalarBuilder.function("timeofday", [], .text, volatility: .volatile) { _, context in
            .text(text(of: present(context), in: context.timeZone))
        },
    ]

    private static func present(_ context: EvaluationContext) -> Timestamp {
        context.clock?.now() ?? context.statementTime
    }

    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `Mon Mar 09 14:05:06.250000 2026 UTC`; a zone without a name in use shows its distance from UTC.
    private static func text(of instant: Timestamp, in zone: TimeZoneRules) -> String {
        let local = zone.local(instant)
        let days = Civil.floorDivide(local.microseconds, Civil.microsecondsPerDay)
        let (year, month, day) = Civil.date(days: Int(days))
        let time = Int(local.microseconds - days * Civil.microsecondsPerDay)
        let seconds = time / 1_000_000
        let clock = [seconds / 3_600, seconds / 60 % 60, seconds % 60]
            .map { digits($0, 2) }.joined(separator: ":")
        // 1970-01-01 was a Thursday.
        let weekday = weekdays[(Int(days) % 7 + 7) % 7]
        let offset = zone.offset(at: instant)
        let (hours, minutes) = (abs(offset) / 3_600, abs(offset) / 60 % 60)
        let distance =
            (offset < 0 ? "-" : "+") + digits(hours, 2) + (minutes == 0 ? "" : digits(minutes, 2))
        return "\(weekday) \(months[month - 1]) \(digits(day, 2)) "
            + "\(clock).\(digits(time % 1_000_000, 6)) \(year) "
            + (zone.name == "UTC" ? "UTC" : distance)
    }

    private static func digits(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
