package import DemetraTypes
package import DemetraVectors

/// The rows of a relation argument, column by column, as plain arrays.
// Immutable after init.
package struct RelationColumns: Sendable {
    /// The columns' names and types.
    package let schema: Schema
    /// The rows.
    package let batches: [Batch]
    /// The number of rows.
    package let rowCount: Int

    /// Wraps rows of `schema`.
    package init(schema: Schema, batches: [Batch]) {
        self.schema = schema
        self.batches = batches
        rowCount = batches.reduce(0) { $0 + $1.count }
    }

    /// The index of a column.
    ///
    /// - Throws: 42703 with the nearest name.
    package static func index(of name: String, in schema: Schema) throws(DemetraError) -> Int {
        if let index = schema.index(of: name) { return index }
        let folded = name.lowercased()
        if let index = schema.fields.firstIndex(where: { $0.name.lowercased() == folded }) {
            return index
        }
        let nearest = NearestName.find(name, among: schema.fields.map(\.name))
        throw DemetraError(
            .undefinedColumn, "column \"\(name)\" does not exist",
            hint: nearest.map { "Perhaps you meant to reference the column \"\($0)\"." }
                ?? "The columns are \(schema.fields.map(\.name).joined(separator: ", ")).")
    }

    /// The numbers of a column, NaN for NULL and for numbers that are not finite.
    ///
    /// Dates are days, timestamps seconds, booleans 0 and 1; text that is no number is NaN.
    package func numbers(_ index: Int) -> [Double] {
        var numbers: [Double] = []
        numbers.reserveCapacity(rowCount)
        for batch in batches { NumberReader.append(batch.vectors[index], to: &numbers) }
        return numbers
    }

    /// The texts of a column, nil for NULL.
    package func texts(_ index: Int) -> [String?] {
        var texts: [String?] = []
        texts.reserveCapacity(rowCount)
        for batch in batches {
            let vector = batch.vectors[index]
            for row in 0..<batch.count { texts.append(TextReader.text(vector, row)) }
        }
        return texts
    }

    /// The points in time of a column in microseconds since 1970, nil for NULL and infinity.
    package func instants(_ index: Int) -> [Int64?] {
        var instants: [Int64?] = []
        instants.reserveCapacity(rowCount)
        for batch in batches {
            let vector = batch.vectors[index]
            for row in 0..<batch.count { instants.append(TimeReader.instant(vector, row)) }
        }
        return instants
    }
}

/// Reads vectors of any numeric type as doubles.
package enum NumberReader {
    /// Appends a value per row: NaN for NULL and what is not finite.
    package static func append(_ vector: Vector, to numbers: inout [Double]) {
        if case .float64(let buffer) = vector.storage {
            for row in 0..<vector.count {
                let value = buffer[row]
                numbers.append(vector.isValid(row) && value.isFinite ? value : .nan)
            }
            return
        }
        for row in 0..<vector.count { numbers.append(number(vector.value(at: row))) }
    }

    /// One value as a number; NaN when it is none.
    package static func number(_ value: Value) -> Double {
        switch value {
        case .boolean(let value): value ? 1 : 0
        case .integer(let value): Double(value)
        case .double(let value): value.isFinite ? value : .nan
        case .numeric(let value): value.isNaN ? .nan : value.doubleValue
        case .text(let text): MoneyText.parse(text) ?? .nan
        case .date(let date): date.isFinite ? Double(date.days) : .nan
        case .time(let microseconds): Double(microseconds) / 1e6
        case .timestamp(let time), .timestamptz(let time):
            time.isFinite ? Double(time.microseconds) / 1e6 : .nan
        default: .nan
        }
    }
}

/// Reads values as the names of categories.
package enum TextReader {
    /// The text of a row, nil for NULL.
    package static func text(_ vector: Vector, _ row: Int) -> String? {
        switch vector.value(at: row) {
        case .null: nil
        case .text(let text): text
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .double(let value): value.isFinite ? FloatText.text(value) : nil
        case .numeric(let value): value.isNaN ? nil : value.description
        case .date(let date): date.isFinite ? String(date.days) : nil
        case .timestamp(let time), .timestamptz(let time): String(time.microseconds)
        default: nil
        }
    }
}

/// Reads values as points in time.
package enum TimeReader {
    /// Microseconds since 1970 of a row, nil for NULL and infinity.
    package static func instant(_ vector: Vector, _ row: Int) -> Int64? {
        switch vector.value(at: row) {
        case .date(let date): date.isFinite ? date.timestamp.microseconds : nil
        case .timestamp(let time), .timestamptz(let time):
            time.isFinite ? time.microseconds : nil
        case .integer(let value) where abs(value) < 1_000_000_000:
            // A plain number counts periods: taken as days.
            value * Civil.microsecondsPerDay
        default: nil
        }
    }
}

/// Numbers as files write them: `$1,234.50`, `12.5%`, `300`.
package enum MoneyText {
    /// The number, or nil when the text is something else.
    package static func parse(_ text: String) -> Double? {
        var digits = ""
        for character in text.unicodeScalars {
            switch character {
            case "0"..."9", ".", "-", "+", "e", "E": digits.unicodeScalars.append(character)
            case "$", "€", "£", "₽", ",", "%", " ": continue
            default: return nil
            }
        }
        guard let value = Double(digits), value.isFinite else { return nil }
        return value
    }
}
