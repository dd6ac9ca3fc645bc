import DemetraPlanner
import DemetraTypes
import DemetraVectors

extension ArithmeticKernel {
    /// The operator of a plan over two vectors.
    ///
    /// - Throws: 22003 on overflow, 22012 on division by zero.
    static func evaluate(
        _ operation: ArithmeticOperator, _ left: Vector, _ right: Vector, _ type: LogicalType
    ) throws(DemetraError) -> Vector {
        switch operation {
        case .add: try add(left, right, resultType: type)
        case .subtract: try subtract(left, right, resultType: type)
        case .multiply: try multiply(left, right, resultType: type)
        case .divide: try divide(left, right, resultType: type)
        case .modulo: try modulo(left, right, resultType: type)
        }
    }
}
