/// What can be called, by name.
// Immutable after init.
package struct FunctionRegistry: Sendable {
    /// Overloads of scalar functions by name.
    package let scalars: [String: [ScalarFunction]]
    /// Overloads of aggregates by name.
    package let aggregates: [String: [AggregateFunction]]
    /// Window functions by name.
    package let windows: [String: WindowFunction]
    /// Overloads of set-returning functions by name.
    package let sets: [String: [SetFunction]]
    /// Table functions by name.
    package let tables: [String: TableFunction]
    /// Scalar functions that ask a model, by name.
    package let models: [String: ModelFunction]
    /// Learns for CREATE MODEL; nil where nobody can.
    package let modelTrainer: (any ModelTrainer)?
    /// What is said of all of them, in reading order.
    package let reference: [FunctionSection]

    /// A registry of these functions.
    package init(
        scalars: [ScalarFunction], aggregates: [AggregateFunction],
        windows: [WindowFunction] = WindowFunction.all, sets: [SetFunction] = [],
        tables: [TableFunction] = [],
        models: [ModelFunction] = [], modelTrainer: (any ModelTrainer)? = nil,
        reference: [FunctionSection] = []
    ) {
        self.scalars = Dictionary(grouping: scalars, by: \.name)
        self.aggregates = Dictionary(grouping: aggregates, by: \.name)
        self.windows = Dictionary(windows.map { ($0.name, $0) }) { first, _ in first }
        self.sets = Dictionary(grouping: sets, by: \.name)
        self.tables = Dictionary(tables.map { ($0.name, $0) }) { _, last in last }
        self.models = Dictionary(models.map { ($0.name, $0) }) { _, last in last }
        self.modelTrainer = modelTrainer
        self.reference = reference
    }

    /// This registry and further functions.
    package func adding(
        scalars more: [ScalarFunction] = [], tables moreTables: [TableFunction] = [],
        models moreModels: [ModelFunction] = [], modelTrainer: (any ModelTrainer)? = nil,
        reference sections: [FunctionSection] = []
    ) -> FunctionRegistry {
        FunctionRegistry(
            scalars: scalars.values.flatMap { $0 } + more,
            aggregates: aggregates.values.flatMap { $0 }, windows: Array(windows.values),
            sets: sets.values.flatMap { $0 },
            tables: Array(tables.values) + moreTables,
            models: Array(models.values) + moreModels,
            modelTrainer: modelTrainer ?? self.modelTrainer, reference: reference + sections)
    }

    /// Every name, for suggestions and completion.
    package var names: [String] {
        Array(scalars.keys) + Array(aggregates.keys) + Array(windows.keys) + Array(tables.keys)
            + Array(models.keys) + Array(sets.keys)
    }
}
