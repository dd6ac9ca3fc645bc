import DemetraFunctions
import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// Where the columns of a plan node lie in the batches it gives out.
struct ColumnLayout: Sendable {
    /// The columns in order.
    let columns: [PlanColumn]
    private let positions: [ColumnIdentifier: Int]

    init(_ columns: [PlanColumn]) {
        self.columns = columns
        positions = Dictionary(
            columns.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The position of a column, or nil.
    func position(of id: ColumnIdentifier) -> Int? { positions[id] }

    /// The columns' types.
    var types: [LogicalType] { columns.map(\.type) }
}

/// Turns bound expressions into programs.
struct ExpressionCompiler {
    private let layout: ColumnLayout
    private var instructions: [Instruction] = []
    private var known: [ExpressionKey: Int] = [:]

    private init(_ layout: ColumnLayout) { self.layout = layout }

    /// One program that computes all expressions over batches of that layout.
    static func compile(
        _ expressions: [BoundExpression], layout: ColumnLayout
    ) throws(DemetraError) -> ExpressionProgram {
        var compiler = ExpressionCompiler(layout)
        var outputs: [Int] = []
        for expression in expressions { outputs.append(try compiler.register(for: expression)) }
        return ExpressionProgram(instructions: compiler.instructions, outputs: outputs)
    }

    private func program(_ expression: BoundExpression) throws(DemetraError) -> ExpressionProgram {
        try Self.compile([expression], layout: layout)
    }

    private func programs(
        _ expressions: [BoundExpression]
    ) throws(DemetraError) -> [ExpressionProgram] {
        var result: [ExpressionProgram] = []
        for expression in expressions { result.append(try program(expression)) }
        return result
    }

    private mutating func register(for expression: BoundExpression) throws(DemetraError) -> Int {
        let operation = try operation(for: expression)
        let key = ExpressionKey(operation, expression.type)
        if let key, let index = known[key] { return index }
        instructions.append(Instruction(operation: operation, type: expression.type))
        if let key { known[key] = instructions.count - 1 }
        return instructions.count - 1
    }

    private mutating func registers(
        _ expressions: [BoundExpression]
    ) throws(DemetraError) -> [Int] {
        var result: [Int] = []
        for expression in expressions { result.append(try register(for: expression)) }
        return result
    }

    private mutating func operation(
        for expression: BoundExpression
    ) throws(DemetraError) -> Instruction.Operation {
        switch expression.node {
        case .literal(let value):
            return .literal(Vector.constant(value, type: expression.type, count: 1))
        case .column(let id):
            guard let position = layout.position(of: id) else {
                throw DemetraError(.internalError, "column \(id.number) is not in the input")
            }
            return .column(position)
        case .outerColumn(let id): return .outer(id)
        case .parameter(let number): return .parameter(number - 1)
        case .comparison(let comparison, let left, let right):
            return .compare(
                ComparisonOperator(comparison), try register(for: left), try register(for: right))
        case .isDistinct(let left, let right):
            return .distinct(try register(for: left), try register(for: right))
        case .arithmetic(let operation, let left, let right):
            return .arithmetic(operation, try register(for: left), try register(for: right))
        case .negate(let operand): return .negate(try register(for: operand))
        case .and(let operands): return .and(try programs(operands))
        case .or(let operands): return .or(try programs(operands))
        case .not(let operand): return .not(try register(for: operand))
        case .isNull(let operand): return .isNull(try register(for: operand))
        case .isBoolean(let operand, let value):
            return .isBoolean(try register(for: operand), value)
        case .inList(let operand, let values, let hasNull):
            let set = SetMembership(values: values, type: operand.type)
            return .member(try register(for: operand), set, hasNull: hasNull)
        case .caseWhen(let branches, let otherwise):
            var compiled: [(condition: ExpressionProgram, result: ExpressionProgram)] = []
            for branch in branches {
                compiled.append((try program(branch.condition), try program(branch.result)))
            }
            var last: ExpressionProgram?
            if let otherwise { last = try program(otherwise) }
            return .caseWhen(compiled, last)
        case .coalesce(let operands): return .coalesce(try programs(operands))
        case .cast(let operand, let isExplicit):
            return .cast(try register(for: operand), isExplicit: isExplicit)
        case .call(let function, let arguments):
            return .call(function, try registers(arguments))
        }
    }
}

extension ComparisonOperator {
    init(_ comparison: Comparison) {
        switch comparison {
        case .equal: self = .equal
        case .notEqual: self = .notEqual
        case .less: self = .less
        case .lessOrEqual: self = .lessOrEqual
        case .greater: self = .greater
        case .greaterOrEqual: self = .greaterOrEqual
        }
    }
}
