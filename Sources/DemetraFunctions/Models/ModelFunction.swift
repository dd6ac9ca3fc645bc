package import DemetraTypes

/// A scalar function whose parameters are the columns a model was trained on:
/// `PREDICT_ROI(campaigns.*)`, `PREDICT_ROI(channel => 'TikTok', spend => 500)`.
///
/// Whoever binds the call finds the model in the catalog and hands it over, so the function itself
/// knows no catalog and stays immutable: another model makes another function.
// Immutable after init.
package final class ModelFunction: Sendable {
    /// One argument of a call.
    package struct Argument: Sendable {
        /// The column it stands for, or nil when only its position tells.
        package let name: String?
        /// True for a column that `*` stands for: it may be none of the model's.
        package let isOptional: Bool
        /// Where it stands, for errors.
        package let range: SourceRange

        /// Makes an argument.
        package init(name: String?, isOptional: Bool, range: SourceRange) {
            self.name = name
            self.isOptional = isOptional
            self.range = range
        }
    }

    /// Fits a call's arguments to a model's columns: the function takes them in the order given.
    ///
    /// - Throws: 42883 for arguments that are no columns of the model or too many.
    package typealias Binding =
        @Sendable (_ model: StoredModel, _ arguments: [Argument]) throws(DemetraError)
        -> ScalarFunction

    /// The SQL name, lower case.
    package let name: String
    /// The model it asks; when there is none of that name, the only one of the kind.
    package let modelName: String
    /// The kind of models it can ask.
    package let modelKind: String
    /// Fits arguments to columns.
    package let bind: Binding

    /// Makes a function.
    package init(
        _ name: String, modelName: String, modelKind: String, bind: @escaping Binding
    ) {
        self.name = name
        self.modelName = modelName
        self.modelKind = modelKind
        self.bind = bind
    }
}
