package import DemetraTypes
package import DemetraVectors

/// A kind of object that has a number of its own in the catalog.
package enum ObjectKind: Sendable, Hashable {
    case relation, type, function, schema, user, collation, constraint, database
}

/// A text that tells how an object was made.
package enum ObjectDefinition: Sendable, Hashable {
    /// A constraint, behind its name.
    case constraint(isPretty: Bool)
    /// CREATE INDEX; of a column of the index its name, where the number is not 0.
    case index(column: Int64, isPretty: Bool)
    /// The query of a view.
    case view
    /// The types of the arguments of a function, and of its result.
    case arguments, result
    /// CREATE FUNCTION, as far as there is one of a built-in.
    case function
}

/// The catalog as functions see it: the objects that one session can see in one statement.
package protocol ObjectDirectory: Sendable {
    /// The schema that new tables go to; nil when the search path names none that exists.
    var currentSchema: String? { get }

    /// The rows of a relation of `pg_catalog`, in all its columns.
    ///
    /// - Throws: what reading the catalog fails with.
    func batches(of relation: String) throws(DemetraError) -> [Batch]

    /// The number of an object by its name as SQL writes it; nil when there is none.
    ///
    /// - Throws: 42602 for what is no name.
    func number(of name: String, as type: SystemType) throws(DemetraError) -> Int64?

    /// The name of an object as SQL writes it: with its schema where the search path does not lead to it. Nil when
    /// there is none of that number.
    func name(of number: Int64, as type: SystemType) -> String?

    /// Whether an object is found without its schema; nil when there is none.
    func isVisible(_ number: Int64, _ kind: ObjectKind) -> Bool?

    /// The comment on an object, or on a column of a relation.
    ///
    /// - Parameter relation: the catalog that the object is of; nil for any.
    func comment(on number: Int64, in relation: String?, column: Int64) -> String?

    /// How an object was made; nil when there is none.
    func definition(of number: Int64, _ definition: ObjectDefinition) -> String?

    /// Whether a table or view has a column of that number; nil when there is no such relation.
    func hasColumn(_ column: Int64, of relation: Int64) -> Bool?

    /// The schemas of the search path that exist, with those that are searched unasked.
    func searchedSchemas(withImplicit: Bool) -> [String]

    /// The number of the schema of the session's temporary tables; 0 when it has none.
    var temporarySchema: Int64 { get }

    /// Bytes that a table takes; nil when there is no such relation.
    func byteCount(of relation: Int64) -> Int64?

    /// Bytes that the whole database takes.
    var databaseByteCount: Int64 { get }

    /// Sends a message to all sessions that listen to a channel, when the transaction commits.
    ///
    /// - Throws: 22023 for names and texts that are too long.
    func notify(_ channel: String, _ payload: String) throws(DemetraError)

    /// Whether a role may do one of the things that a text lists, such as `SELECT, UPDATE WITH GRANT OPTION`, with an
    /// object; nil when there is no such object.
    ///
    /// - Parameters:
    ///   - role: its name, or its number; nil for the current one.
    ///   - type: what the number is one of; nil for the database.
    /// - Throws: 42704 for a role that does not exist, 22023 for words that are no privileges.
    func allows(
        _ privileges: String, on number: Int64, _ type: SystemType?, role: Value?
    ) throws(DemetraError) -> Bool?

    /// As whom the session acts.
    var currentUser: String { get }

    /// Who has logged in.
    var sessionUser: String { get }

    /// Stops the statement of a session, or ends the session; false when there is none of that number.
    ///
    /// - Throws: 42501 when the role may not.
    func stop(session number: Int64, isEnd: Bool) throws(DemetraError) -> Bool

    /// The number that the session goes by.
    var sessionNumber: Int64 { get }

    /// The words of the language, each with the letter of its class: U, C, T or R.
    var keywords: [(word: String, kind: String)] { get }

    /// What the word that ends at the byte `cursor` of a text may become, best first.
    func completions(of text: String, at cursor: Int) -> [CompletionCandidate]
}
