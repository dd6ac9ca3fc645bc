import Demetra
import DemetraConnectors
import Testing

@Suite struct `Endpoints of language models` {
    private func code(_ url: String, _ model: ChatCompletions = ChatCompletions()) -> String? {
        do throws(DemetraError) {
            try model.check(endpoint: url)
            return nil
        } catch {
            return error.sqlState.code
        }
    }

    @Test(arguments: [
        "http://127.0.0.1:8080/v1/chat/completions", "http://localhost/v1", "HTTP://LOCALHOST:1",
        "https://127.8.9.1/x?y=1", "http://[::1]:11434/v1/chat/completions",
    ])
    func `on this machine may be asked`(_ url: String) {
        #expect(code(url) == nil)
    }

    @Test(arguments: [
        "http://10.0.0.5/", "http://169.254.169.254/latest/meta-data", "https://api.example.com/v1",
        "http://127.0.0.1.example.com/", "http://localhost.example.com/", "http://2130706433/",
        "http://0x7f000001/", "http://127.1/", "http://127.0.0.01/", "http://0.0.0.0/",
        "http://[::ffff:10.0.0.5]/", "http://[::]/", "http://127.0.0.256/",
    ])
    func `elsewhere may not, however they are spelled`(_ url: String) {
        #expect(code(url) == "42501")
    }

    @Test(arguments: [
        "ftp://127.0.0.1/", "127.0.0.1:8080", "http://", "http:///v1", "http://127.0.0.1:0/",
        "http://127.0.0.1:65536/", "http://127.0.0.1:80x/", "http://user:secret@127.0.0.1/",
        "http://example.com@127.0.0.1/", "http://127.0.0.1/#x", "http://127.0.0.1/a b",
        "http://127.0.0.1\\@example.com/", "http://127.0.0.1/\r\nX: y", "http://[::1/",
        "http://[abc]/",
        "http://127.0.0.1%00/", "http://пример.рф/",
    ])
    func `that are no plain URL are refused, and not shown`(_ url: String) {
        #expect(code(url) == "22023")
        do throws(DemetraError) {
            try ChatCompletions().check(endpoint: url)
        } catch {
            #expect(!error.message.contains("secret") && error.hint?.contains("secret") == false)
        }
    }

    @Test func `that the operator allows are asked, with a key over TLS alone`() {
        let model = ChatCompletions(environment: [
            "DEMETRA_LLM_HOSTS": "API.example.com, 10.0.0.5:8080 [fd00::5]"
        ])
        #expect(code("http://api.example.com/v1", model) == nil)
        #expect(code("http://10.0.0.5:8080/v1", model) == nil)
        #expect(code("http://10.0.0.5/v1", model) == "42501")
        #expect(code("http://[fd00::5]:99/v1", model) == nil)
        #expect(code("http://example.com/v1", model) == "42501")
        let keyed = ChatCompletions(key: "very-secret", allowedHosts: ["api.example.com"])
        #expect(code("http://api.example.com/v1", keyed) == "42501")
        #expect(code("https://api.example.com/v1", keyed) == nil)
        #expect(code("http://127.0.0.1:1/v1", keyed) == nil)
    }

    @Test func `do not show the key`() {
        let model = ChatCompletions(key: "very-secret")
        var text = ""
        dump(model, to: &text)
        dump(DatabaseConfiguration(languageModel: model), to: &text)
        text += "\(model)" + String(reflecting: model)
        #expect(!text.contains("very-secret"))
    }

    @Test func `that take no connections are an error, and a cancelled question is none`() throws {
        let request = LanguageModelRequest(
            endpoint: "http://127.0.0.1:1/v1", modelName: "", instructions: "", input: "",
            temperature: 0, tokenLimit: 1, timeoutMilliseconds: 5_000)
        let flag = CancellationFlag()
        #expect(throws: DemetraError.self) {
            try ChatCompletions().answer(request, cancellation: flag)
        }
        flag.cancel()
        do throws(DemetraError) {
            _ = try ChatCompletions().answer(request, cancellation: flag)
            Issue.record("a cancelled question was answered")
        } catch {
            #expect(error.sqlState.code == "57014")
        }
    }
}
