package import DemetraTypes
package import DemetraVectors

/// One argument of a table function at bind time.
package struct TableFunctionArgument: Sendable {
    /// What was given.
    package enum Content: Sendable {
        /// A value that does not depend on rows.
        case value(Value, LogicalType)
        /// `TABLE name` or `(SELECT ...)`: its columns; the rows come at execution.
        case relation(Schema)
        /// Models of the catalog: see `TableFunction.ModelInput`.
        case models([StoredModel])
    }

    /// The name before `=>`, lower case, or nil.
    package let name: String?
    /// What was given.
    package let content: Content
    /// Where it stands, for errors.
    package let range: SourceRange
    /// A relation as it was written, for answers that say how to ask again; empty where nobody wrote it.
    package let text: String

    /// Makes an argument.
    package init(name: String?, content: Content, range: SourceRange, text: String = "") {
        self.name = name
        self.content = content
        self.range = range
        self.text = text
    }
}

/// A table function with its arguments checked: the output columns are known.
package struct BoundTableFunction: Sendable {
    /// Makes the rows. `relations` holds the rows of each relation argument, in order.
    package typealias Execution =
        @Sendable (_ relations: [[Batch]], _ context: EvaluationContext) throws(DemetraError)
        -> [Batch]

    /// The output columns.
    package let schema: Schema
    /// Makes the rows; batches of at most `Batch.capacity` rows.
    package let execute: Execution

    /// Makes a bound function.
    package init(schema: Schema, execute: @escaping Execution) {
        self.schema = schema
        self.execute = execute
    }

    /// A function whose rows are known already, each with a value a column.
    package init(_ schema: Schema, rows: [[Value]]) {
        self.init(schema: schema) { _, _ in
            stride(from: 0, to: rows.count, by: Batch.capacity).map { start in
                let part = rows[start..<min(start + Batch.capacity, rows.count)]
                return Batch(
                    schema.fields.enumerated().map { index, field in
                        Vector(part.map { $0[index] }, type: field.type)
                    }, count: part.count)
            }
        }
    }
}

/// A function that stands in FROM and gives rows: `generate_series`, `ALLOCATE_BUDGET`.
// Immutable after init.
package final class TableFunction: Sendable {
    /// Checks the arguments and fixes the output columns.
    ///
    /// - Throws: 22023 for bad values, 42703 for unknown columns, 42883 for arguments that do not fit.
    package typealias Binding =
        @Sendable (_ arguments: [TableFunctionArgument]) throws(DemetraError) -> BoundTableFunction

    /// The SQL name, lower case.
    package let name: String
    /// The parameters as shown in errors and `\df`, such as `rel, budget => double precision`.
    package let usage: String
    /// What it wants of the catalog's models.
    package let modelInput: ModelInput
    /// Arguments that name a table by a text, and come as the relation of all its changes, as of `changes(...)`. One
    /// without a name is the first, `table_name`.
    package let changesArguments: Set<String>
    /// Checks the arguments.
    package let bind: Binding

    /// What a table function wants of the catalog's models.
    package enum ModelInput: Sendable, Hashable {
        /// Nothing.
        case none
        /// The one whose name its first argument gives; the argument comes as `.models`.
        case named
        /// All, as the only argument; its name then stands for a relation: `demetra_models`.
        case all
    }

    /// Makes a table function.
    package init(
        _ name: String, usage: String, modelInput: ModelInput = .none,
        changesArguments: Set<String> = [], bind: @escaping Binding
    ) {
        self.name = name
        self.usage = usage
        self.modelInput = modelInput
        self.changesArguments = changesArguments
        self.bind = bind
    }
}
