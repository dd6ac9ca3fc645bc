import DemetraTypes

extension Optional {
    /// `map` for a closure that throws the project's error.
    func mapThrowing<Result>(
        _ body: (Wrapped) throws(DemetraError) -> Result
    ) throws(DemetraError) -> Result? {
        guard let self else { return nil }
        return try body(self)
    }
}

extension Array {
    /// `map` for a closure that throws the project's error.
    func mapThrowing<Result>(
        _ body: (Element) throws(DemetraError) -> Result
    ) throws(DemetraError) -> [Result] {
        var result: [Result] = []
        result.reserveCapacity(count)
        for element in self { result.append(try body(element)) }
        return result
    }
}
