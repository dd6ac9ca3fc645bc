/// A trained model as functions get it: what the catalog holds under a name.
///
/// Copies share the payload's memory, so two values of one catalog entry are cheap to tell apart from
/// those of a replaced model: `Array` compares memory before elements.
package struct StoredModel: Sendable, Hashable {
    /// The SQL name.
    package let name: String
    /// The kind, such as `regression`.
    package let kind: String
    /// The encoded model, read by the functions of its kind.
    package let payload: [UInt8]

    /// Wraps a model of the catalog.
    package init(name: String, kind: String, payload: [UInt8]) {
        self.name = name
        self.kind = kind
        self.payload = payload
    }
}
