/// Three-valued logic over boolean vectors.
package enum LogicKernel {
    /// AND: false wins over NULL.
    package static func and(_ left: Vector, _ right: Vector) -> Vector {
        preconditionFailure("filled in by the next commit")
    }
    /// OR: true wins over NULL.
    package static func or(_ left: Vector, _ right: Vector) -> Vector {
        preconditionFailure("filled in by the next commit")
    }
    /// NOT: NULL stays NULL.
    package static func not(_ operand: Vector) -> Vector {
        preconditionFailure("filled in by the next commit")
    }
    /// IS NULL of any vector; never NULL.
    package static func isNull(_ operand: Vector) -> Vector {
        preconditionFailure("filled in by the next commit")
    }
    /// IS NOT NULL of any vector; never NULL.
    package static func isNotNull(_ operand: Vector) -> Vector {
        preconditionFailure("filled in by the next commit")
    }
    /// IS TRUE; never NULL.
    package static func isTrue(_ operand: Vector) -> Vector {
        preconditionFailure("filled in by the next commit")
    }
    /// IS FALSE; never NULL.
    package static func isFalse(_ operand: Vector) -> Vector {
        preconditionFailure("filled in by the next commit")
    }
}
