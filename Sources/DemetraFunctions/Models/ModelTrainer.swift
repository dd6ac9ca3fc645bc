package import DemetraTypes
package import DemetraVectors

/// What CREATE MODEL asks for, without its rows.
package struct ModelRequest: Sendable, Hashable {
    /// The model's name.
    package let name: String
    /// The column to predict.
    package let target: String
    /// The column that names a row.
    package let id: String?
    /// The column that orders rows in time.
    package let time: String?
    /// The column whose values get intervals of their own.
    package let group: String?
    /// The WITH options as written, names in lower case.
    package let options: [Option]

    /// `name = value` of the WITH list.
    package struct Option: Sendable, Hashable {
        /// The option.
        package let name: String
        /// Its value as text.
        package let value: String
        /// Where it stands, for errors.
        package let range: SourceRange

        /// Makes an option.
        package init(name: String, value: String, range: SourceRange) {
            self.name = name
            self.value = value
            self.range = range
        }
    }

    /// Makes a request.
    package init(
        name: String, target: String, id: String?, time: String?, group: String?,
        options: [Option]
    ) {
        self.name = name
        self.target = target
        self.id = id
        self.time = time
        self.group = group
        self.options = options
    }
}

/// Makes models from rows: what the engine needs of whoever knows how to learn.
package protocol ModelTrainer: Sendable {
    /// Checks a request before its rows are computed.
    ///
    /// - Throws: 42703, 42804, 42704 and 22023 for columns and options that do not fit.
    func check(_ request: ModelRequest, schema: Schema) throws(DemetraError)

    /// Learns from the rows; the same rows and request give the same payload, however many threads
    /// there are.
    ///
    /// - Throws: 22023 when the rows are too few, 57014 when cancelled.
    func train(
        _ request: ModelRequest, schema: Schema, batches: [Batch], context: EvaluationContext
    ) throws(DemetraError) -> TrainedModel

    /// When a model wants to be trained again; nil for one that does not, or that cannot be read.
    func schedule(of model: StoredModel) -> ModelSchedule?
}

/// A model fresh from training.
package struct TrainedModel: Sendable {
    /// What the catalog keeps.
    package let model: StoredModel
    /// What the user should know about it.
    package let notices: [Notice]

    /// Makes a result.
    package init(model: StoredModel, notices: [Notice]) {
        self.model = model
        self.notices = notices
    }
}
