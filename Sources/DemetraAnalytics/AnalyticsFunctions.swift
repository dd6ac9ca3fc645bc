package import DemetraFunctions

/// Every function of this module.
package enum AnalyticsFunctions {
    /// The table functions that the registry of a database adds.
    package static let all: [TableFunction] = [
        AllocateBudgetFunction.function, PredictROIFunction.function, ModelFunctions.predict,
        ModelFunctions.evaluate, ModelFunctions.explain,
    ]

    /// The scalar functions that the registry of a database adds.
    package static let scalars: [ScalarFunction] = [RiskLevelFunction.function]
}
