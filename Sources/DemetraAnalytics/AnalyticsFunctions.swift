package import DemetraFunctions

/// Every function of this module, over one store of models kept ready.
package struct AnalyticsFunctions: Sendable {
    private let models = ModelStore()

    /// The functions of one database.
    package init() {}

    /// A registry with these functions added.
    package func added(to registry: FunctionRegistry) -> FunctionRegistry {
        registry.adding(
            scalars: [RiskLevelFunction.function],
            tables: [
                AllocateBudgetFunction.function, SimulateBudgetFunction.function,
                ResponseCurveFunction.function, BacktestBudgetFunction.function,
                DetectAnomaliesFunction.function, ForecastFunction.function,
                PredictROIFunction.function,
            ] + ModelFunctions(models).all,
            models: PredictROIScalars(models).all, modelTrainer: ROIModelTrainer(),
            reference: [AnalyticsReference.section])
    }
}
