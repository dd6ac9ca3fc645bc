import DemetraTypes

extension FunctionArguments {
    /// True unless `correction => 'none'` says that many tests at once are none of its business.
    ///
    /// - Throws: 22023 for other methods than `'holm'` and `'none'`.
    func isCorrected() throws(DemetraError) -> Bool {
        let correction = try text("correction") ?? "holm"
        guard ["holm", "none"].contains(correction) else {
            throw DemetraError(
                .invalidParameterValue,
                "argument \"correction\" must be 'holm' or 'none', got '\(correction)'"
            ).at(range("correction"))
        }
        return correction == "holm"
    }
}
