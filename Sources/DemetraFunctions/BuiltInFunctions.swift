/// Everything that can be called without an extension.
package enum BuiltInFunctions {
    /// The registry of all built-in functions.
    package static let registry = FunctionRegistry(
        scalars: MathFunctions.all + TextFunctions.all + LikeFunctions.all + RegexFunctions.all
            + FormatFunctions.all + TimeFunctions.all + ChoiceFunctions.all,
        aggregates: AggregateList.all, tables: SeriesFunctions.all)
}
