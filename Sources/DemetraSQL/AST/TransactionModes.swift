/// What BEGIN and SET TRANSACTION say about a transaction.
package struct TransactionModes: Sendable, Hashable {
    /// The isolation level as `SHOW transaction_isolation` writes it; nil when it is not said.
    package var isolation: String?
    /// READ ONLY or READ WRITE; nil when it is not said.
    package var isReadOnly: Bool?

    /// Nothing said.
    package init() {}
}
