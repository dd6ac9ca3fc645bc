import DemetraFunctions
import DemetraTypes

/// Asks a language model for better sentences, once, and takes those that say the same.
struct RecommendationRewriter {
    let language: RecommendationLanguage
    /// All channels of the rows: those that a sentence does not speak of must not come into it.
    let channels: Set<String>

    /// The sentences that may replace those of the rules; nil where those stand. A notice says why.
    ///
    /// - Throws: 57014 when the statement was cancelled, and nothing else whatever the model does.
    func texts(
        _ items: [RewritingItem], _ context: EvaluationContext
    ) throws(DemetraError) -> [String?] {
        let none = [String?](repeating: nil, count: items.count)
        guard let access = try LanguageModelAccess(context) else { return none }
        guard let model = access.model else {
            context.notices.post(Self.notConnected)
            return none
        }
        let sent = items.indices.filter {
            items[$0].template.count <= RewritingItem.longestTemplate
        }
        guard !sent.isEmpty else { return none }
        let answer: String
        do throws(DemetraError) {
            answer = try model.answer(
                RewritingPrompt.request(sent.map { items[$0] }, language, access),
                cancellation: context.cancellation)
        } catch {
            try context.cancellation.check()
            context.notices.post(Self.notice(error.message, error.hint))
            return none
        }
        try context.cancellation.check()
        guard let texts = RewritingAnswer.texts(answer, count: sent.count) else {
            context.notices.post(Self.notice("its answer is not the JSON that was asked for"))
            return none
        }
        return accepted(texts, of: sent, items, context)
    }

    private func accepted(
        _ texts: [String], of places: [Int], _ items: [RewritingItem], _ context: EvaluationContext
    ) -> [String?] {
        var accepted = [String?](repeating: nil, count: items.count)
        var reasons: [String] = []
        for (text, place) in zip(texts, places) {
            let check = SentenceCheck(items[place], language: language, channels: channels)
            if let reason = check.refusal(of: text) {
                reasons.append(reason)
            } else {
                accepted[place] = text
            }
        }
        if let first = reasons.first {
            context.notices.post(
                Self.notice(
                    "\(reasons.count) of \(texts.count) sentences of the model were refused, the first "
                        + "because it \(first)"))
        }
        return accepted
    }

    private static let notConnected = notice(
        "no language model is connected",
        "The program demetra connects one; others give DatabaseConfiguration.languageModel.")

    private static func notice(_ why: String, _ hint: String? = nil) -> Notice {
        Notice("recommendations are in the words of the rules: \(why)", hint: hint)
    }
}
