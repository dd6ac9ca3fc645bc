import DemetraTypes

/// A row that a recommendation rests on, by the names of its columns.
struct EvidenceRow: Sendable {
    let schema: Schema
    let values: [Value]

    private func value(_ name: String) -> Value {
        schema.index(of: name).map { values[$0] } ?? .null
    }

    /// A number; nil for NULL.
    func number(_ name: String) -> Double? {
        let number = NumberReader.number(value(name))
        return number.isFinite ? number : nil
    }

    /// A text; nil for NULL.
    func text(_ name: String) -> String? {
        if case .text(let text) = value(name) { text } else { nil }
    }

    /// True, and not NULL.
    func isTrue(_ name: String) -> Bool { value(name) == .boolean(true) }

    /// A day; nil for NULL.
    func day(_ name: String) -> CalendarDate? {
        if case .date(let date) = value(name) { date } else { nil }
    }

    /// The row as a JSON object.
    func json(_ zone: TimeZoneRules) -> String {
        let members = zip(schema.fields, values).map { field, value in
            JSONText.quoted(field.name) + ": " + JSONOutput.text(value, field.type, zone: zone)
        }
        return "{" + members.joined(separator: ", ") + "}"
    }
}
