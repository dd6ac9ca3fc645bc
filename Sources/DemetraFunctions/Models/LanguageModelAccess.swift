package import DemetraTypes

/// What a session may ask of a language model: where, which one, and for how long.
package struct LanguageModelAccess: Sendable {
    /// Names of the settings of a session.
    package enum Setting {
        /// The URL of an endpoint for chat completions; empty for none.
        package static let url = "demetra.llm_url"
        /// The name of the model there.
        package static let model = "demetra.llm_model"
        /// How long an answer may take.
        package static let timeout = "demetra.llm_timeout"
    }

    /// The longest that an answer may take, whatever is set.
    package static let longestMilliseconds = 30_000
    /// What it may take unless something is set.
    package static let usualMilliseconds = 10_000

    /// Where the model is asked.
    package let endpoint: String
    /// Its name there; empty for the one that the endpoint has.
    package let modelName: String
    /// How long an answer may take.
    package let timeoutMilliseconds: Int
    /// The way to it; nil when the program has connected none.
    package let model: (any LanguageModel)?

    /// What a session has set; nil when it has set no endpoint.
    ///
    /// - Throws: what a session that is gone throws.
    package init?(_ context: EvaluationContext) throws(DemetraError) {
        guard let settings = context.settings else { return nil }
        endpoint = try settings.value(of: Setting.url)
        guard !endpoint.isEmpty else { return nil }
        modelName = try settings.value(of: Setting.model)
        timeoutMilliseconds = Self.milliseconds(try settings.value(of: Setting.timeout))
        model = context.languageModel
    }

    /// Milliseconds of a time as settings show it: `500ms`, `10s`.
    private static func milliseconds(_ text: String) -> Int {
        let digits = text.prefix { $0.isNumber }
        guard let number = Int(digits) else { return usualMilliseconds }
        let unit = text.dropFirst(digits.count) == "s" ? 1_000 : 1
        return min(number * unit, longestMilliseconds)
    }
}
