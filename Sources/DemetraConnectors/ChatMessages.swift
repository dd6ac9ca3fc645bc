import Demetra

/// The JSON of chat completions: one question, and the text of the first answer.
enum ChatMessages {
    /// The body of a request.
    static func body(_ request: LanguageModelRequest) -> [UInt8] {
        func message(_ role: String, _ content: String) -> JSONValue {
            .object([("role", .string(role)), ("content", .string(content))])
        }
        var members: [(key: String, value: JSONValue)] = []
        if !request.modelName.isEmpty { members.append(("model", .string(request.modelName))) }
        members += [
            (
                "messages",
                .array([message("system", request.instructions), message("user", request.input)])
            ),
            ("temperature", .number("\(request.temperature)")),
            ("max_tokens", .number("\(request.tokenLimit)")),
            ("stream", .boolean(false)),
        ]
        return Array(JSONValue.object(members).text.utf8)
    }

    /// The text in `choices[0].message.content`.
    ///
    /// - Throws: 08006 when there is none.
    static func content(_ body: [UInt8]) throws(DemetraError) -> String {
        var text = String(decoding: body, as: UTF8.self)
        let tree = text.withUTF8 { JSONValue(parsing: $0) }
        guard case .array(let choices)? = tree?.member("choices"),
            case .string(let text)? = choices.first?.member("message")?.member("content")
        else {
            throw DemetraError(
                .connectionFailure, "the endpoint's answer is no chat completion",
                hint: "The URL of most servers ends with /v1/chat/completions.")
        }
        return text
    }
}

extension JSONValue {
    /// The member of an object; nil where there is none.
    fileprivate func member(_ key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }
}
