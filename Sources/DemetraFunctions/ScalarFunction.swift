package import DemetraTypes
package import DemetraVectors

/// What a function may know besides its arguments.
package struct EvaluationContext: Sendable {
    /// When the statement began.
    package let statementTime: Timestamp
    /// When its transaction began; `now()`.
    package let transactionTime: Timestamp
    /// The session's time zone.
    package let timeZone: TimeZoneRules
    /// All time zones, by name.
    package let timeZones: TimeZones
    /// Name of the user where there is no session; a session's directory knows who acts.
    package let userName: String
    /// The name by which the session calls the database.
    package let databaseName: String
    /// Stops long loops.
    package let cancellation: CancellationFlag
    /// Threads for large pieces of work.
    package let workers: any Workers
    /// The session's sequences; nil where there is no session.
    package let sequences: (any SequenceSource)?
    /// The session's settings; nil where there is no session.
    package let settings: (any SettingSource)?
    /// The clock that goes on while the statement runs; nil: the time stands still.
    package let clock: (any Clock)?
    /// Where random values come from; nil where there are none.
    package let entropy: (any Entropy)?
    /// The catalog as the session sees it; nil where there is no session.
    package let directory: (any ObjectDirectory)?
    /// The language model that the program has connected; nil for none. Sessions say where: `LanguageModelAccess`.
    package let languageModel: (any LanguageModel)?
    /// Where notes for the client go.
    package private(set) var notices: NoticeBoard
    /// Where it is measured how long functions learn; nil where nobody asks.
    package private(set) var trainingTime: TrainingTime?

    /// Makes a context.
    package init(
        statementTime: Timestamp, transactionTime: Timestamp? = nil, timeZone: TimeZoneRules = .utc,
        timeZones: TimeZones = .fixedOnly, userName: String = "demetra",
        databaseName: String = "demetra",
        cancellation: CancellationFlag = CancellationFlag(),
        workers: any Workers = CallerWorkers(), notices: NoticeBoard = NoticeBoard(),
        sequences: (any SequenceSource)? = nil, settings: (any SettingSource)? = nil,
        clock: (any Clock)? = nil, entropy: (any Entropy)? = nil,
        directory: (any ObjectDirectory)? = nil, languageModel: (any LanguageModel)? = nil
    ) {
        self.statementTime = statementTime
        self.transactionTime = transactionTime ?? statementTime
        self.timeZone = timeZone
        self.timeZones = timeZones
        self.userName = userName
        self.databaseName = databaseName
        self.cancellation = cancellation
        self.workers = workers
        self.notices = notices
        self.sequences = sequences
        self.settings = settings
        self.clock = clock
        self.entropy = entropy
        self.directory = directory
        self.languageModel = languageModel
    }

    /// The same, with learning measured.
    package func measuring(into time: TrainingTime) -> EvaluationContext {
        var context = self
        context.trainingTime = time
        return context
    }

    /// The same, but for where notes go.
    package func noting(on notices: NoticeBoard) -> EvaluationContext {
        var context = self
        context.notices = notices
        return context
    }
}

/// One overload of a function that computes a value from the values of one row, a vector at a time.
///
/// The engine evaluates an immutable function over a dictionary vector once per distinct value and
/// over constants once, so implementations only see what is left.
// Immutable after init.
package final class ScalarFunction: Sendable {
    /// `arguments` have the types of the signature and `count` rows each; the result has `count` rows.
    package typealias Evaluation =
        @Sendable (_ arguments: [Vector], _ count: Int, _ context: EvaluationContext)
        throws(DemetraError) -> Vector

    /// The SQL name, lower case.
    package let name: String
    /// Parameters and result.
    package let signature: Signature
    /// Whether calls may be folded.
    package let volatility: Volatility
    /// NULL in, NULL out: the evaluation sees NULL rows only as fillers, must not fail on them, and the
    /// caller masks the result.
    package let isStrict: Bool
    /// Larger arguments (the last one counts) never give smaller results: `date_trunc`, `time_bucket`.
    package let isMonotonic: Bool
    /// The function of the same arguments that gives the same numbers as bigint, when all results are whole
    /// for these constants (nil where an argument is none): `extract(hour from x)`. The optimizer takes it,
    /// as integers group and compare faster.
    package let integerForm: (@Sendable (_ constants: [Value?]) -> ScalarFunction?)?
    /// Computes the result.
    package let evaluate: Evaluation

    /// Makes a function.
    package init(
        _ name: String, _ signature: Signature, volatility: Volatility = .immutable,
        isStrict: Bool = true, isMonotonic: Bool = false,
        integerForm: (@Sendable (_ constants: [Value?]) -> ScalarFunction?)? = nil,
        evaluate: @escaping Evaluation
    ) {
        self.name = name
        self.signature = signature
        self.volatility = volatility
        self.isStrict = isStrict
        self.isMonotonic = isMonotonic
        self.integerForm = integerForm
        self.evaluate = evaluate
    }
}
