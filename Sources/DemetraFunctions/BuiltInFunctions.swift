/// Everything that can be called without an extension.
package enum BuiltInFunctions {
    /// The registry of all built-in functions.
    package static let registry = FunctionRegistry(
        scalars: MathFunctions.all + TextFunctions.all + LikeFunctions.all + RegexFunctions.all
            + RegexLists.scalars
            + FormatFunctions.all + TimeFunctions.all + ChoiceFunctions.all
            + ArrayFunctions.all + ArrayAssignment.all + JSONFunctions.all
            + JSONPathFunctions.scalars
            + CodingFunctions.all + SampleFunctions.all + RandomFunctions.all
            + SleepFunctions.all
            + SequenceFunctions.all + SettingFunctions.all + ClockFunctions.all
            + ObjectFunctions.all + SessionFunctions.all,
        aggregates: AggregateList.all + JSONAggregates.all,
        sets: SeriesFunctions.all + ArraySets.all + RegexLists.sets
            + JSONSets.all + JSONPathFunctions.sets + VectorSets.all,
        tables: SessionFunctions.tables + [CompletionFunction.function],
        reference: FunctionReference.sections)
}
