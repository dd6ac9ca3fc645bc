import DemetraTypes
import DemetraVectors

/// Rows made of the vectors of the catalog, whose elements are counted from 0.
enum VectorSets {
    static let all: [SetFunction] =
        vectors.map { subscripts(.system($0)) } + [expanded(.anyArray), ancestors, publishedTables]

    /// There are no publications, so a name of one is an error, as in PostgreSQL.
    private static let publishedTables = SetFunction(
        "pg_get_publication_tables",
        Signature([.type(.text)], result: .fixed(.system(.oid)))
    ) { (arguments, _, _) in
        ListedRows { row throws(DemetraError) in
            guard case .text(let name) = arguments[0].value(at: row) else { return [] }
            throw DemetraError(
                .undefinedObject, "publication \"\(name)\" does not exist")
        }
    }

    /// No table is the partition of another, so there are none.
    private static let ancestors = SetFunction(
        "pg_partition_ancestors",
        Signature([.type(.system(.regclass))], result: .fixed(.system(.regclass)))
    ) { (_, _, _) in ListedRows { _ in [] } }

    private static let vectors = SystemType.allCases.filter(\.countsFromZero)

    private static func subscripts(_ type: LogicalType) -> SetFunction {
        SetFunction(
            "generate_subscripts",
            Signature(
                [.type(type), .type(.integer), .type(.boolean)], requiredCount: 2,
                result: .fixed(.integer))
        ) { (arguments, _, _) in
            let arrays = ArrayRows(arguments[0])
            return ListedRows { row in
                guard arguments[1].value(at: row) == .integer(1) else { return [] }
                let numbers = (0..<arrays.items(row).count).map { [Value.integer(Int64($0))] }
                let isReversed =
                    arguments.count > 2 && arguments[2].value(at: row) == .boolean(true)
                return isReversed ? numbers.reversed() : numbers
            }
        }
    }

    /// `information_schema._pg_expandarray`: each element and its place, counted from 1, as a record.
    private static func expanded(_ parameter: ParameterType) -> SetFunction {
        SetFunction(
            "_pg_expandarray", Signature([parameter], result: .fixed(.system(.record)))
        ) { (arguments, _, _) in
            ListedRows { row in
                guard case .array(let elements) = arguments[0].value(at: row) else { return [] }
                return elements.enumerated().map { index, element in
                    [.array([element, .integer(Int64(index + 1))])]
                }
            }
        }
    }
}
