import DemetraFunctions
import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// Runs a program over batches: one object for one worker.
///
/// Remembers what immutable functions gave for the distinct values of a dictionary, so a filter or a
/// text function over a dimension costs one gather a batch.
// Owned by one worker.
final class ExpressionEvaluator {
    let program: ExpressionProgram
    private let context: ExecutionContext
    private var registers: [Vector?]
    private var memos: [Int: DictionaryResults] = [:]
    private var nested: [ObjectIdentifier: ExpressionEvaluator] = [:]

    init(_ program: ExpressionProgram, _ context: ExecutionContext) {
        self.program = program
        self.context = context
        registers = Array(repeating: nil, count: program.instructions.count)
    }

    /// The results, each of `batch.count` rows.
    func evaluate(_ batch: Batch) throws(DemetraError) -> [Vector] {
        try run(batch)
        return program.outputs.map { vector($0) }
    }

    /// The only result.
    func evaluateOne(_ batch: Batch) throws(DemetraError) -> Vector {
        try run(batch)
        return vector(program.outputs[0])
    }

    /// Rows of `candidates` (all without) for which the only, boolean result is true.
    func select(
        _ batch: Batch, within candidates: SelectionVector?
    ) throws(DemetraError) -> SelectionVector {
        let output = program.outputs[0]
        guard
            case .compare(let comparison, let left, let right) =
                program.instructions[output].operation
        else {
            return FilterKernel.select(try evaluateOne(batch), within: candidates)
        }
        for index in program.instructions.indices where index != output {
            registers[index] = try execute(program.instructions[index], index, batch)
        }
        let (a, b) = (vector(left), vector(right))
        if a.dictionary != nil || b.dictionary != nil {
            let result = try execute(program.instructions[output], output, batch)
            return FilterKernel.select(result, within: candidates)
        }
        return CompareKernel.select(comparison, a, b, within: candidates)
    }

    private func vector(_ register: Int) -> Vector {
        guard let vector = registers[register] else {
            preconditionFailure("a register was read before it was written")
        }
        return vector
    }

    private func run(_ batch: Batch) throws(DemetraError) {
        for index in program.instructions.indices {
            registers[index] = try execute(program.instructions[index], index, batch)
        }
    }

    private func execute(
        _ instruction: Instruction, _ index: Int, _ batch: Batch
    ) throws(DemetraError) -> Vector {
        let count = batch.count
        switch instruction.operation {
        case .column(let position): return batch.vectors[position]
        case .literal(let one): return .constant(one, count: count)
        case .parameter(let number):
            return .constant(context.parameters[number], type: instruction.type, count: count)
        case .outer(let id):
            let value = context.outerValues[id] ?? .null
            return .constant(value, type: instruction.type, count: count)
        case .and(let operands):
            return try connect(operands, batch, decidedBy: false)
        case .or(let operands):
            return try connect(operands, batch, decidedBy: true)
        case .caseWhen(let branches, let otherwise):
            return try caseWhen(branches, otherwise, batch, instruction.type)
        case .coalesce(let operands):
            return try coalesce(operands, batch, instruction.type)
        default:
            return try simple(instruction, index, count)
        }
    }

    /// Instructions whose operands are registers: computed once per distinct value where they can be.
    private func simple(
        _ instruction: Instruction, _ index: Int, _ count: Int
    ) throws(DemetraError) -> Vector {
        let operands = instruction.operandRegisters.map { vector($0) }
        if count != 1, instruction.isDeterministic, !operands.isEmpty,
            operands.allSatisfy(\.isConstant)
        {
            let ones = operands.map { $0.slice(from: 0, count: min(1, count)).withoutConstant() }
            guard count > 0 else { return Vector([], type: instruction.type) }
            return .constant(try apply(instruction, ones, 1), count: count)
        }
        if let result = try overDictionary(instruction, index, operands, count) { return result }
        return try apply(instruction, operands, count)
    }

    private func overDictionary(
        _ instruction: Instruction, _ index: Int, _ operands: [Vector], _ count: Int
    ) throws(DemetraError) -> Vector? {
        guard instruction.isDeterministic else { return nil }
        var varying: Int?
        for (position, operand) in operands.enumerated() where !operand.isConstant {
            guard varying == nil, operand.dictionary != nil else { return nil }
            varying = position
        }
        guard let varying, let (codes, dictionary) = operands[varying].dictionary,
            instruction.keepsNulls(operands, except: varying)
        else { return nil }
        let memo = memos[index] ?? DictionaryResults()
        memos[index] = memo
        memo.use(constants: operands.map(\.constantKey))
        if let known = memo.result(for: dictionary) {
            return known.vector(codes: codes, validity: operands[varying].validity, count: count)
        }
        guard memo.isWorth(dictionaryCount: dictionary.count, rowCount: count) else { return nil }
        var arguments = operands.map {
            Vector.constant($0.slice(from: 0, count: 1), count: dictionary.count)
        }
        arguments[varying] = Vector(
            type: operands[varying].type, count: dictionary.count,
            storage: .text(dictionary.values))
        // A value that no row of this batch holds may fail; then the rows are computed as they come.
        guard let values = try? apply(instruction, arguments, dictionary.count) else { return nil }
        let result = memo.remember(values, for: dictionary)
        return result.vector(codes: codes, validity: operands[varying].validity, count: count)
    }

    private func apply(
        _ instruction: Instruction, _ operands: [Vector], _ count: Int
    ) throws(DemetraError) -> Vector {
        let type = instruction.type
        switch instruction.operation {
        case .compare(let comparison, _, _):
            return CompareKernel.compare(comparison, operands[0], operands[1])
        case .distinct: return CompareKernel.isDistinct(operands[0], operands[1])
        case .arithmetic(let operation, _, _):
            return try ArithmeticKernel.evaluate(operation, operands[0], operands[1], type)
        case .negate: return try ArithmeticKernel.negate(operands[0], resultType: type)
        case .not: return LogicKernel.not(operands[0])
        case .isNull: return LogicKernel.isNull(operands[0])
        case .isBoolean(_, let value):
            switch value {
            case true?: return LogicKernel.isTrue(operands[0])
            case false?: return LogicKernel.isFalse(operands[0])
            case nil: return LogicKernel.isNull(operands[0])
            }
        case .member(_, let set, let hasNull):
            return set.test(operands[0], nullWhenAbsent: hasNull)
        case .cast(_, let isExplicit):
            return try CastKernel.cast(
                operands[0], to: type, isExplicit: isExplicit, context.castContext)
        case .call(let function, _):
            let result = try function.evaluate(operands, count, context.evaluation)
            return function.isStrict ? result.masked(byNullsOf: operands) : result
        default: preconditionFailure("an instruction with rows of its own was applied")
        }
    }

    // MARK: Programs over some of the rows

    private func evaluator(_ program: ExpressionProgram) -> ExpressionEvaluator {
        let key = ObjectIdentifier(program)
        if let known = nested[key] { return known }
        let evaluator = ExpressionEvaluator(program, context)
        nested[key] = evaluator
        return evaluator
    }

    /// Three-valued AND (`decidedBy` false) or OR (true); operands that can fail see only rows that the
    /// ones before them have not decided.
    private func connect(
        _ operands: [ExpressionProgram], _ batch: Batch, decidedBy: Bool
    ) throws(DemetraError) -> Vector {
        var result = try evaluator(operands[0]).evaluateOne(batch)
        for operand in operands.dropFirst() {
            let next: Vector
            if operand.canFail {
                let decided =
                    decidedBy ? LogicKernel.isTrue(result) : LogicKernel.isFalse(result)
                let open = FilterKernel.select(LogicKernel.not(decided), within: nil)
                if open.count == 0 { return result }
                next = try evaluate(operand, batch, open, .boolean)
            } else {
                next = try evaluator(operand).evaluateOne(batch)
            }
            result = decidedBy ? LogicKernel.or(result, next) : LogicKernel.and(result, next)
        }
        return result
    }

    /// The results for the rows of `selection`, NULL elsewhere.
    private func evaluate(
        _ program: ExpressionProgram, _ batch: Batch, _ selection: SelectionVector,
        _ type: LogicalType
    ) throws(DemetraError) -> Vector {
        if selection.count == batch.count { return try evaluator(program).evaluateOne(batch) }
        let part = try evaluator(program).evaluateOne(batch.taking(selection, only: program.inputs))
        return try BlendKernel.blend([(selection, part)], type: type, count: batch.count)
    }

    private func caseWhen(
        _ branches: [(condition: ExpressionProgram, result: ExpressionProgram)],
        _ otherwise: ExpressionProgram?, _ batch: Batch, _ type: LogicalType
    ) throws(DemetraError) -> Vector {
        if let chosen = try chosen(branches, otherwise, batch, type) { return chosen }
        var open = SelectionVector.all(batch.count)
        var parts: [(SelectionVector, Vector)] = []
        for branch in branches where open.count > 0 {
            let rows =
                open.count == batch.count
                ? batch : batch.taking(open, only: branch.condition.inputs)
            let condition = try evaluator(branch.condition).evaluateOne(rows)
            let hits = FilterKernel.select(condition, within: nil)
            guard hits.count > 0 else { continue }
            let selection = open.composed(with: hits)
            parts.append((selection, try result(branch.result, batch, selection)))
            open = open.composed(with: hits.complement(count: open.count))
        }
        if let otherwise, open.count > 0 {
            parts.append((open, try result(otherwise, batch, open)))
        }
        if parts.count == 1, parts[0].0.count == batch.count { return parts[0].1 }
        return try BlendKernel.blend(parts, type: type, count: batch.count)
    }

    /// A CASE of few branches whose results are columns and literals: choosing between values that lie there
    /// anyway costs less than moving the rows of each branch.
    private func chosen(
        _ branches: [(condition: ExpressionProgram, result: ExpressionProgram)],
        _ otherwise: ExpressionProgram?, _ batch: Batch, _ type: LogicalType
    ) throws(DemetraError) -> Vector? {
        guard branches.count <= 3, ChooseKernel.handles(type),
            otherwise?.isColumnOrLiteral ?? true,
            branches.allSatisfy({ $0.result.isColumnOrLiteral }),
            !branches.dropFirst().contains(where: { $0.condition.canFail })
        else { return nil }
        var result = Vector.nulls(type, count: batch.count)
        if let otherwise { result = try evaluator(otherwise).evaluateOne(batch) }
        for branch in branches.reversed() {
            let condition = try evaluator(branch.condition).evaluateOne(batch)
            let value = try evaluator(branch.result).evaluateOne(batch)
            guard let next = ChooseKernel.choose(condition, value, result, type: type) else {
                return nil
            }
            result = next
        }
        return result
    }

    private func result(
        _ program: ExpressionProgram, _ batch: Batch, _ selection: SelectionVector
    ) throws(DemetraError) -> Vector {
        let rows =
            selection.count == batch.count ? batch : batch.taking(selection, only: program.inputs)
        return try evaluator(program).evaluateOne(rows)
    }

    private func coalesce(
        _ operands: [ExpressionProgram], _ batch: Batch, _ type: LogicalType
    ) throws(DemetraError) -> Vector {
        let first = try evaluator(operands[0]).evaluateOne(batch)
        guard first.hasNulls else { return first }
        let isNull = LogicKernel.isNull(first)
        var open = FilterKernel.select(isNull, within: nil)
        let valid = FilterKernel.select(LogicKernel.not(isNull), within: nil)
        var parts: [(SelectionVector, Vector)] = [(valid, first.taking(valid))]
        for operand in operands.dropFirst() where open.count > 0 {
            let values = try result(operand, batch, open)
            let missing = LogicKernel.isNull(values)
            let found = FilterKernel.select(LogicKernel.not(missing), within: nil)
            parts.append((open.composed(with: found), values.taking(found)))
            open = open.composed(with: found.complement(count: open.count))
        }
        return try BlendKernel.blend(parts, type: type, count: batch.count)
    }
}

extension Vector {
    /// What tells a constant from another one; nil when it is none.
    fileprivate var constantKey: ExpressionKey? {
        guard case .constant(let box) = storage else { return nil }
        return ExpressionKey(.literal(box.vector), type)
    }
}

extension Instruction {
    /// The registers it reads.
    var operandRegisters: [Int] {
        switch operation {
        case .compare(_, let left, let right), .distinct(let left, let right),
            .arithmetic(_, let left, let right):
            [left, right]
        case .negate(let operand), .not(let operand), .isNull(let operand),
            .isBoolean(let operand, _), .member(let operand, _, _), .cast(let operand, _):
            [operand]
        case .call(_, let arguments): arguments
        default: []
        }
    }

    /// Equal operands give equal results within a statement.
    var isDeterministic: Bool {
        if case .call(let function, _) = operation { return function.volatility != .volatile }
        return true
    }

    /// A NULL of the varying operand gives NULL, so only its valid rows need a look.
    func keepsNulls(_ operands: [Vector], except varying: Int) -> Bool {
        switch operation {
        case .compare, .cast, .member: true
        case .call(let function, _): function.isStrict
        default: false
        }
    }
}
