/// A model of language that the core may ask to put sentences into better words.
///
/// It is never believed: who asks checks the answer. The core knows no network, so whoever opens a database
/// gives it one; without one nothing is asked.
public protocol LanguageModel: Sendable {
    /// Whether the model may be asked at an address.
    ///
    /// - Throws: 22023 for what is no address, 42501 for one that the operator has not allowed.
    func check(endpoint: String) throws(DemetraError)

    /// Asks once and waits for the answer, whatever it says.
    ///
    /// - Returns: the text that the model wrote, of a bounded length.
    /// - Throws: 57014 within 200 ms once `cancellation` is set; an error that says what went wrong, without
    ///   secrets, when there is no answer in time.
    func answer(
        _ request: LanguageModelRequest, cancellation: CancellationFlag
    ) throws(DemetraError) -> String
}

/// One question to a `LanguageModel`.
public struct LanguageModelRequest: Sendable, Hashable {
    /// Where it is asked: a URL.
    public let endpoint: String
    /// The name of the model there; empty for the one that the endpoint has.
    public let modelName: String
    /// What it is to do, by the program.
    public let instructions: String
    /// What it is to do that with: data.
    public let input: String
    /// How free its words may be, from 0.
    public let temperature: Double
    /// The most tokens of an answer.
    public let tokenLimit: Int
    /// How long all of it may take.
    public let timeoutMilliseconds: Int

    /// A question.
    public init(
        endpoint: String, modelName: String, instructions: String, input: String,
        temperature: Double, tokenLimit: Int, timeoutMilliseconds: Int
    ) {
        self.endpoint = endpoint
        self.modelName = modelName
        self.instructions = instructions
        self.input = input
        self.temperature = temperature
        self.tokenLimit = tokenLimit
        self.timeoutMilliseconds = timeoutMilliseconds
    }
}
