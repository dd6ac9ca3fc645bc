import DemetraTypes
import DemetraVectors

/// Rows made of arrays and of cut texts.
enum ArraySets {
    static let all: [SetFunction] = [
        SetFunction("unnest", Signature([.anyArray], result: .element(of: 0))) {
            (arguments, _, _) in UnnestRows(arguments[0])
        },
        SetFunction(
            "generate_subscripts",
            Signature(
                [.anyArray, .type(.integer), .type(.boolean)], requiredCount: 2,
                result: .fixed(.integer))
        ) { (arguments, _, _) in
            let arrays = ArrayRows(arguments[0])
            return ListedRows { row in
                guard arguments[1].value(at: row) == .integer(1) else { return [] }
                let numbers = (0..<arrays.items(row).count).map { [Value.integer(Int64($0 + 1))] }
                let isReversed =
                    arguments.count > 2 && arguments[2].value(at: row) == .boolean(true)
                return isReversed ? numbers.reversed() : numbers
            }
        },
        SetFunction(
            "string_to_table",
            Signature(
                [.type(.text), .type(.text), .type(.text)], requiredCount: 2,
                result: .fixed(.text)), isStrict: false
        ) { (arguments, _, _) in
            ListedRows { row in
                guard case .text(let text) = arguments[0].value(at: row) else { return [] }
                var separator: String?
                if case .text(let given) = arguments[1].value(at: row) { separator = given }
                var null: String?
                if arguments.count > 2, case .text(let given) = arguments[2].value(at: row) {
                    null = given
                }
                return TextParts.split(text, separator).map {
                    [$0 == null ? Value.null : .text($0)]
                }
            }
        },
    ]
}

/// The elements of arrays, read where they lie.
// Owned by one worker.
private final class UnnestRows: SetRows {
    private let arrays: ArrayRows
    /// What is left of the row at hand, and the number of its next element.
    private var rest: ArrayItems?
    private var row = -1
    private var next = 0

    init(_ arrays: Vector) { self.arrays = ArrayRows(arrays) }

    func count(of row: Int) -> Int { arrays.items(row).count }

    func append(
        row: Int, from first: Int, count: Int, column: Int, to builder: inout VectorBuilder
    ) {
        if self.row != row || next != first {
            rest = arrays.items(row)
            for _ in 0..<first { _ = rest?.next() }
            self.row = row
        }
        for _ in 0..<count {
            guard let item = rest?.next() else { return }
            arrays.append(item, to: &builder)
        }
        next = first + count
    }
}
