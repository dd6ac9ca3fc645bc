import DemetraFunctions
import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// A flat list of kernel calls over vector registers: what a bound expression becomes at plan time.
///
/// Instruction i writes register i, so evaluation is one pass without a tree walk. Several expressions
/// share one program, and equal subexpressions share a register. Branches that must not run for every
/// row (CASE, COALESCE, operands of AND and OR that can fail) are programs of their own, run over the
/// rows that need them.
// Immutable after init.
final class ExpressionProgram: Sendable {
    /// The instructions; each reads registers of lower number.
    let instructions: [Instruction]
    /// The registers that hold the results.
    let outputs: [Int]
    /// Positions of the input columns that some instruction reads, nested programs included.
    let inputs: Set<Int>
    /// True when evaluation can raise an error for some row.
    let canFail: Bool

    init(instructions: [Instruction], outputs: [Int]) {
        self.instructions = instructions
        self.outputs = outputs
        var inputs: Set<Int> = []
        for instruction in instructions { instruction.collectInputs(&inputs) }
        self.inputs = inputs
        canFail = instructions.contains { $0.canFail }
    }

    /// The column whose values the only result is, if it is nothing but a column.
    var columnInput: Int? {
        guard outputs.count == 1, case .column(let position) = instructions[outputs[0]].operation
        else { return nil }
        return position
    }

    /// True when the only result is stored as it stands.
    var isColumnOrLiteral: Bool {
        guard outputs.count == 1 else { return false }
        return switch instructions[outputs[0]].operation {
        case .column, .literal: true
        default: false
        }
    }
}

/// One kernel call.
struct Instruction: Sendable {
    /// What is computed.
    let operation: Operation
    /// The type of the result.
    let type: LogicalType

    indirect enum Operation: Sendable {
        case column(Int)
        case literal(Vector)
        case parameter(Int)
        case outer(ColumnIdentifier)
        case compare(ComparisonOperator, Int, Int)
        case distinct(Int, Int)
        case arithmetic(ArithmeticOperator, Int, Int)
        case negate(Int)
        case and([ExpressionProgram])
        case or([ExpressionProgram])
        case not(Int)
        case isNull(Int)
        case isBoolean(Int, Bool?)
        case member(Int, SetMembership, hasNull: Bool)
        case caseWhen(
            [(condition: ExpressionProgram, result: ExpressionProgram)], ExpressionProgram?)
        case coalesce([ExpressionProgram])
        case cast(Int, isExplicit: Bool)
        case call(ScalarFunction, [Int])
    }

    /// Adds the input columns that this instruction reads.
    func collectInputs(_ inputs: inout Set<Int>) {
        switch operation {
        case .column(let position): inputs.insert(position)
        case .and(let programs), .or(let programs), .coalesce(let programs):
            for program in programs { inputs.formUnion(program.inputs) }
        case .caseWhen(let branches, let otherwise):
            for branch in branches {
                inputs.formUnion(branch.condition.inputs)
                inputs.formUnion(branch.result.inputs)
            }
            if let otherwise { inputs.formUnion(otherwise.inputs) }
        default: break
        }
    }

    /// Whether it can raise an error for some row: division, overflow, casts, functions.
    var canFail: Bool {
        switch operation {
        case .column, .literal, .parameter, .outer, .compare, .distinct, .not, .isNull, .isBoolean,
            .member:
            false
        case .arithmetic, .negate, .cast, .call: true
        case .and(let programs), .or(let programs), .coalesce(let programs):
            programs.contains { $0.canFail }
        case .caseWhen(let branches, let otherwise):
            branches.contains { $0.condition.canFail || $0.result.canFail }
                || (otherwise?.canFail ?? false)
        }
    }
}
