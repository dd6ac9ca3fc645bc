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
                AllocateBudgetFunction.function, AudienceFunction.function,
                BacktestBudgetFunction.function, BestTimeFunction.function,
                CompareChannelsFunction.function, DetectAnomaliesFunction.function,
                DriversFunction.function, ExpectedFinalFunction.function,
                ForecastFunction.function, PredictROIFunction.function, RecommendFunction.function,
                ResponseCurveFunction.function, SettlingCurveFunction.function,
                SimulateBudgetFunction.function,
            ] + ModelFunctions(models).all,
            models: PredictROIScalars(models).all, modelTrainer: ROIModelTrainer(),
            reference: [AnalyticsReference.section])
    }
}
