import DemetraCatalog
import DemetraTypes
import DemetraVectors

extension Catalog {
    /// True when a table has a column for wide numbers, or for whose older rows a wide number stands.
    var holdsWideNumbers: Bool { tables.values.contains { $0.holdsWideNumbers } }
}

extension TableDefinition {
    /// True for a column of numeric(p, s) that 128 bits do not hold, or with a wide number for older rows.
    var holdsWideNumbers: Bool {
        columns.contains { column in
            (column.type.arrayElement ?? column.type).isWideNumeric
                || column.missingValue.map { Vector([$0], type: column.type).holdsWideNumbers }
                    ?? false
        }
    }
}
