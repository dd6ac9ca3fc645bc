import Demetra
import Foundation
import Synchronization

/// A language model that does what a test says, and keeps what it was asked.
final class ScriptedModel: LanguageModel {
    private let script:
        @Sendable (LanguageModelRequest, CancellationFlag) throws(DemetraError) -> String
    private let requests = Mutex<[LanguageModelRequest]>([])

    init(
        _ script:
            @escaping @Sendable (LanguageModelRequest, CancellationFlag) throws(DemetraError)
            -> String
    ) { self.script = script }

    /// Rewrites each sentence by itself.
    convenience init(rewriting change: @escaping @Sendable (String) -> String) {
        self.init { request, _ in Self.answer(Self.sentences(request).map(change)) }
    }

    func check(endpoint: String) {}

    func answer(
        _ request: LanguageModelRequest, cancellation: CancellationFlag
    ) throws(DemetraError) -> String {
        requests.withLock { $0.append(request) }
        return try script(request, cancellation)
    }

    /// What was asked so far.
    var asked: [LanguageModelRequest] { requests.withLock { $0 } }

    /// The sentences of a question.
    static func sentences(_ request: LanguageModelRequest) -> [String] {
        let input = try? JSONSerialization.jsonObject(with: Data(request.input.utf8))
        let items = (input as? [String: Any])?["items"] as? [[String: Any]]
        return (items ?? []).compactMap { $0["text"] as? String }
    }

    /// The answer that is asked for.
    static func answer(_ texts: [String]) -> String {
        let bytes = try? JSONSerialization.data(withJSONObject: ["texts": texts])
        return String(decoding: bytes ?? Data(), as: UTF8.self)
    }
}

/// A database with a history of channels, whose sessions ask a scripted model.
struct RecommendingDatabase {
    private let database: Database
    private let connection: Connection

    /// - Parameter losing: the channel that loses money.
    init(_ model: (any LanguageModel)?, losing: String = "TikTok") throws {
        database = try Database.inMemory(
            configuration: DatabaseConfiguration(languageModel: model))
        connection = database.connect()
        let text = """
            CREATE TABLE ads AS
            SELECT DATE '2026-01-01' + d AS date, c.channel, round(c.s * (1 + 0.3 * sin(d * c.k))) AS spend,
                   round(c.r * c.s * (1 + 0.3 * sin(d * c.k)) * (1 + 0.1 * sin(d * 7.1 + c.k))) AS revenue
            FROM generate_series(0, 59) AS s(d),
                 (VALUES ('Search', 1000.0, 1.2, 1.3), ('\(losing.replacing("'", with: "''"))', 600.0, 0.6, 2.1)) AS c(channel, s, r, k)
            """
        try connection.query(SQL(text))
        try connection.query("SET demetra.llm_url = 'http://127.0.0.1:9/v1/chat/completions'")
    }

    /// The rows of RECOMMEND, with the words of its notice.
    func recommendations(
        _ arguments: String = ""
    ) throws(DemetraError) -> (rows: [[String: Value]], notices: [String]) {
        let text = "SELECT * FROM RECOMMEND(TABLE ads\(arguments))"
        let answer = try connection.query(SQL(text))
        let rows = answer.map { row in
            Dictionary(
                zip(row.schema.fields.map(\.name), row.values),
                uniquingKeysWith: { first, _ in first })
        }
        return (
            rows,
            answer.notices.map(\.message).filter { $0.contains("words of the rules") }
        )
    }

    /// The sentence about the channel that loses money, and whose it is.
    func pause(_ arguments: String = "") throws -> (text: String, source: String, notice: String) {
        let (rows, notices) = try recommendations(arguments)
        let row = rows.first { $0["kind"]?.string == "pause" }
        return (
            row?["text"]?.string ?? "", row?["source"]?.string ?? "",
            notices.joined(separator: "; ")
        )
    }

    @discardableResult
    func run(_ sql: String) throws(DemetraError) -> Rows { try connection.query(SQL(sql)) }
}
