import DemetraFunctions
import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// Equal for computations that give the same values, so that a program makes each of them once.
///
/// Operands are registers, which are equal already when what they hold is.
enum ExpressionKey: Hashable {
    case column(Int)
    case compare(ComparisonOperator, Int, Int)
    case arithmetic(ArithmeticOperator, Int, Int, LogicalType)
    case negate(Int)
    case cast(Int, LogicalType, isExplicit: Bool)
    case isNull(Int)
    case call(ObjectIdentifier, [Int])
    case literal(Value, LogicalType)
    /// The bits: `0.0` and `-0.0` are equal numbers and not the same literal.
    case double(UInt64, LogicalType)
    /// The bytes: texts are equal in Swift when they are written in other code points.
    case text([UInt8], LogicalType)

    /// Nil for what is computed anew each time.
    init?(_ operation: Instruction.Operation, _ type: LogicalType) {
        switch operation {
        case .column(let position): self = .column(position)
        case .compare(let comparison, let left, let right):
            self = .compare(comparison, left, right)
        case .arithmetic(let operation, let left, let right):
            self = .arithmetic(operation, left, right, type)
        case .negate(let operand): self = .negate(operand)
        case .cast(let operand, let isExplicit): self = .cast(operand, type, isExplicit: isExplicit)
        case .isNull(let operand): self = .isNull(operand)
        case .call(let function, let arguments):
            guard function.volatility != .volatile else { return nil }
            self = .call(ObjectIdentifier(function), arguments)
        case .literal(let vector):
            switch vector.value(at: 0) {
            case .double(let value): self = .double(value.bitPattern, type)
            case .text(let value): self = .text(Array(value.utf8), type)
            case let value: self = .literal(value, type)
            }
        default: return nil
        }
    }
}
