import DemetraSQL
import DemetraTypes
import Testing

@Suite struct `Texts that others may read` {
    @Test(arguments: [
        ("CREATE USER a PASSWORD 'x'", "CREATE USER a PASSWORD '********'"),
        (
            "create user a password/* */E'x\\'y' login",
            "create user a password/* */'********' login"
        ),
        ("ALTER ROLE a PASSWORD $$x$$; SELECT 'y'", "ALTER ROLE a PASSWORD '********'; SELECT 'y'"),
        ("ALTER ROLE a PASSWORD NULL", "ALTER ROLE a PASSWORD NULL"),
        ("SELECT 'password', 'x'", "SELECT 'password', 'x'"),
        ("SELECT 1", "SELECT 1"),
        ("CREATE USER a PASSWORD 'x", ""),
    ])
    func `hold no passwords`(text: String, masked: String) {
        #expect(SecretText.masked(text) == masked)
    }

    @Test func `are parts of texts`() {
        let text = "SELECT 1; CREATE USER a PASSWORD 'é'; SELECT 2"
        #expect(
            SecretText.masked(text, SourceRange(10, text.utf8.count - 10))
                == "CREATE USER a PASSWORD '********'")
    }
}
