import DemetraTypes

/// The fields that a template has found in a text.
struct ReadTime {
    var year: Int?
    /// Digits the year was written with, when a century has to be supplied.
    var yearDigits = 4
    var month: Int?
    var day: Int?
    var hour: Int?
    var minute = 0
    var second = 0
    var microsecond = 0
    var isAfternoon: Bool?
    var isTwelveHour = false
    var isBeforeChrist = false
    var century: Int?
    var dayOfYear: Int?
    var weekOfYear: Int?
    var weekOfMonth: Int?
    var julian: Int?
    var secondOfDay: Int?
    var isoYear: Int?
    var isoWeek: Int?
    var isoDay: Int?
    var isoDayOfYear: Int?
    /// Seconds east of UTC.
    var offset: Int?
    var isOffsetNegative = false

    /// The day that the fields name; fields that are missing take their first value.
    ///
    /// - Throws: 22008 for a day that does not exist.
    func date() throws(DemetraError) -> CalendarDate {
        if let julian { return try CalendarDate(checking: Int64(julian) - 2_440_588) }
        if let isoYear {
            let fourth = Civil.days(year: isoYear, month: 1, day: 4)
            let monday = fourth - (Civil.dayOfWeek(days: fourth) + 6) % 7
            let inYear = isoDayOfYear ?? (((isoWeek ?? 1) - 1) * 7 + (isoDay ?? 1))
            return try CalendarDate(checking: Int64(monday + inYear - 1))
        }
        let year = try fullYear()
        if let dayOfYear {
            guard (1...366).contains(dayOfYear) else { throw Self.outOfRange("DDD") }
            let first = Civil.days(year: year > 0 ? year : year + 1, month: 1, day: 1)
            return try CalendarDate(checking: Int64(first + dayOfYear - 1))
        }
        if let weekOfYear, month == nil, day == nil {
            guard (1...53).contains(weekOfYear) else { throw Self.outOfRange("WW") }
            let first = Civil.days(year: year > 0 ? year : year + 1, month: 1, day: 1)
            return try CalendarDate(checking: Int64(first + (weekOfYear - 1) * 7))
        }
        let day = day ?? weekOfMonth.map { ($0 - 1) * 7 + 1 } ?? 1
        return try CalendarDate(year: year, month: month ?? 1, day: day)
    }

    /// The year as SQL counts it; without one, 1 BC.
    private func fullYear() throws(DemetraError) -> Int {
        guard var year else {
            guard let century else { return -1 }
            return (century - 1) * 100 + 1
        }
        if let century, yearDigits <= 2 {
            year = year % 100 == 0 ? century * 100 : (century - 1) * 100 + year % 100
        }
        if isBeforeChrist { year = -year }
        // A year 0 stands for 1 BC.
        return year == 0 ? -1 : year
    }

    /// Microseconds since midnight.
    ///
    /// - Throws: 22007 for an hour that its clock does not have, 22008 for other fields out of range.
    func timeOfDay() throws(DemetraError) -> Int64 {
        if let secondOfDay {
            guard (0..<86_400).contains(secondOfDay) else { throw Self.outOfRange("SSSS") }
            return Int64(secondOfDay) * 1_000_000 + Int64(microsecond)
        }
        var hour = hour ?? 0
        if isTwelveHour {
            guard (1...12).contains(hour) else {
                throw DemetraError(
                    .invalidDatetimeFormat, "hour \"\(hour)\" is invalid for the 12-hour clock",
                    hint: "Use the 24-hour clock, or give an hour between 1 and 12.")
            }
            if isAfternoon == true, hour < 12 { hour += 12 }
            if isAfternoon != true, hour == 12 { hour = 0 }
        }
        guard (0..<24).contains(hour) else { throw Self.outOfRange("HH24") }
        guard (0..<60).contains(minute) else { throw Self.outOfRange("MI") }
        guard (0..<60).contains(second) else { throw Self.outOfRange("SS") }
        return Int64(hour * 3_600 + minute * 60 + second) * 1_000_000 + Int64(microsecond)
    }

    private static func outOfRange(_ field: String) -> DemetraError {
        DemetraError(
            .datetimeFieldOverflow, "date/time field value out of range",
            detail: "The value for \"\(field)\" does not exist.")
    }
}

extension TimePattern {
    /// Reads a text by the template.
    ///
    /// As in PostgreSQL: blanks before a field are skipped, a separator of the template matches any separator
    /// of the text or nothing, any other character takes one character of the text, and what is left of the
    /// text at the end does not matter.
    ///
    /// - Throws: 22007 for text where a field should be, 0A000 for fields that can only be written.
    func read(_ text: String) throws(DemetraError) -> ReadTime {
        var reader = TimeReader(text: Array(text.unicodeScalars))
        // Characters of the text skipped beyond those of the template.
        var surplus = 0
        for (index, element) in elements.enumerated() {
            guard !reader.isAtEnd else { break }
            switch element {
            case .separator:
                surplus -= 1
                if reader.skipSeparator() { surplus += 1 }
            case .literal:
                if surplus > 0 { surplus -= 1 } else { reader.skipOne() }
            case .field(let field, _, let fills, let ordinal):
                surplus = max(0, surplus) + reader.skipBlanks()
                guard !reader.isAtEnd else { break }
                let isLoose = !fills || ordinal != nil || !isFollowedByDigits(index)
                try reader.read(field, isLoose: isLoose)
                if ordinal != nil { reader.skipLetters(2) }
            }
        }
        return reader.time
    }

    /// Whether the element behind `index` can begin with a digit: then a number must keep to its width.
    private func isFollowedByDigits(_ index: Int) -> Bool {
        guard index + 1 < elements.count else { return false }
        switch elements[index + 1] {
        case .field(let field, _, _, _): return field.isDigits
        case .literal(let scalar), .separator(let scalar): return ("0"..."9").contains(scalar)
        }
    }
}
