package import DemetraTypes
package import DemetraVectors

/// A whole column of a result before it is cut into batches.
package enum ResultColumn: Sendable {
    /// Numbers; NaN becomes NULL.
    case doubles([Double])
    /// Texts; nil becomes NULL.
    case texts([String?])
    /// Whole numbers.
    case integers([Int64])
    /// Values that fit the type of the column.
    case values([Value])

    /// Notes of each row as one text; NULL where there are none.
    static func notes(_ notes: [[String]]) -> ResultColumn {
        .texts(notes.map { $0.isEmpty ? nil : $0.joined(separator: "; ") })
    }

    /// Some rows as a vector.
    package func vector(_ rows: Range<Int>, type: LogicalType) -> Vector {
        if case .doubles(let values) = self, type == .double, !values[rows].contains(where: \.isNaN)
        {
            return Vector(
                type: type, count: rows.count, storage: .float64(Buffer(Array(values[rows]))))
        }
        var builder = VectorBuilder(type: type, capacity: rows.count)
        switch self {
        case .doubles(let values):
            for row in rows {
                if values[row].isNaN {
                    builder.appendNull()
                } else {
                    builder.append(double: values[row])
                }
            }
        case .texts(let values):
            for row in rows {
                if let text = values[row] {
                    builder.append(text: text)
                } else {
                    builder.appendNull()
                }
            }
        case .integers(let values):
            for row in rows {
                if type == .bigint {
                    builder.append(int64: values[row])
                } else {
                    builder.append(.integer(values[row]))
                }
            }
        case .values(let values): for row in rows { builder.append(values[row]) }
        }
        return builder.finish()
    }

    /// Batches of at most `Batch.capacity` rows; columns are in the order of `schema`.
    package static func batches(
        _ columns: [ResultColumn], schema: Schema, rowCount: Int
    ) -> [Batch] {
        var batches: [Batch] = []
        var start = 0
        while start < rowCount {
            let rows = start..<min(start + Batch.capacity, rowCount)
            batches.append(
                Batch(
                    zip(columns, schema.fields).map { $0.vector(rows, type: $1.type) },
                    count: rows.count))
            start = rows.upperBound
        }
        return batches
    }
}
