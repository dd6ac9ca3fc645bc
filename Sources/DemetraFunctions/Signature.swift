package import DemetraTypes

/// What a parameter of a function accepts.
package enum ParameterType: Sendable, Hashable {
    /// A type without modifiers, or one that casts to it implicitly.
    case type(LogicalType)
    /// Anything, as it comes.
    case any
    /// Anything, but all such parameters of one call are cast to one common type.
    case anyElement
    /// An array of anything; its elements and `arrayElement` arguments are cast to one common type.
    case anyArray
    /// A value of the type that the elements of the call's arrays are.
    case arrayElement
}

/// How the type of a result follows from the arguments.
package enum ResultType: Sendable {
    /// Always the same.
    case fixed(LogicalType)
    /// The type of one argument.
    case argument(Int)
    /// Computed from the argument types, after casts.
    case computed(@Sendable ([LogicalType]) -> LogicalType)

    /// The type for these argument types.
    package func resolve(_ arguments: [LogicalType]) -> LogicalType {
        switch self {
        case .fixed(let type): type
        case .argument(let index): arguments[index]
        case .computed(let compute): compute(arguments)
        }
    }
}

/// The parameters of one overload of a function.
package struct Signature: Sendable {
    /// Parameters in order.
    package let parameters: [ParameterType]
    /// How many of them must be given; the rest are optional.
    package let requiredCount: Int
    /// Accepts any number of further arguments of this type.
    package let variadic: ParameterType?
    /// The type of the result.
    package let result: ResultType

    /// Makes a signature.
    package init(
        _ parameters: [ParameterType], requiredCount: Int? = nil, variadic: ParameterType? = nil,
        result: ResultType
    ) {
        self.parameters = parameters
        self.requiredCount = requiredCount ?? parameters.count
        self.variadic = variadic
        self.result = result
    }

    /// What argument `index` must be, or nil when there are too many.
    package func parameter(at index: Int) -> ParameterType? {
        index < parameters.count ? parameters[index] : variadic
    }

    /// True when `count` arguments can be given.
    package func accepts(argumentCount count: Int) -> Bool {
        count >= requiredCount && (variadic != nil || count <= parameters.count)
    }
}

/// Whether a call may be computed once instead of per row or per plan.
package enum Volatility: Sendable, Hashable {
    /// The same arguments always give the same result.
    case immutable
    /// The same within one statement: `now()`, casts that use the session's time zone.
    case stable
    /// New at each call: `random()`.
    case volatile
}
