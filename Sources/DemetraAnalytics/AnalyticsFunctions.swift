package import DemetraFunctions

/// Every table function of this module.
package enum AnalyticsFunctions {
    /// What the registry of a database adds.
    package static let all: [TableFunction] = [AllocateBudgetFunction.function]
}
