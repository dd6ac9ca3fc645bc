/// Bytes and hashes, in the reference of functions.
enum BinaryReference {
    static let section = FunctionSection(
        "Bytes and hashes",
        "",
        [
            FunctionEntry(
                "encode",
                "Bytes as text in `hex`, `base64` or `escape`.",
                example: "SELECT encode('\\x0102ff', 'hex'), encode('roas'::bytea, 'base64')",
                answer: "0102ff | cm9hcw=="),
            FunctionEntry(
                "decode",
                "The bytes that a text spells in `hex`, `base64` or `escape`.",
                example: "SELECT decode('0102ff', 'hex'), decode('cm9hcw==', 'base64')",
                answer: "\\x0102ff | \\x726f6173"),
            FunctionEntry(
                "convert_to",
                also: ["convert_from"],
                """
                A text as bytes of an encoding, and back. The encodings are UTF8, LATIN1 and SQL_ASCII; what \
                does not fit is an error (22P05, 22021).
                """,
                example: """
                    SELECT convert_to('ü', 'UTF8'), convert_to('ü', 'LATIN1'), convert_from('\\xc3bc', 'UTF8')
                    """,
                answer: "\\xc3bc | \\xfc | ü"),
            FunctionEntry(
                "md5",
                "The MD5 hash of a text or of bytes, in hexadecimal digits. Not for secrets.",
                example: "SELECT md5('campaign'), md5('\\x00'::bytea)",
                answer: "6c8bff2269a89ef7ec3cf87e72be656f | 93b885adfe0da089cdf634904fd59f71"),
            FunctionEntry(
                "sha256",
                also: ["sha224", "sha384", "sha512"],
                "A hash of bytes by SHA-2, as bytes.",
                example: """
                    SELECT encode(sha256('campaign'), 'hex'), length(sha224('a')), length(sha384('a')), \
                    length(sha512('a'))
                    """,
                answer:
                    "3dc260b2472062d9c57bd930b02f23831d917b8f3e3234b6d63964a53c31d3aa | 28 | 48 | 64"
            ),
            FunctionEntry(
                "gen_random_uuid",
                "A random identifier of version 4, new for each row.",
                example: """
                    SELECT gen_random_uuid()::text ~ '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
                    """,
                answer: "t"),
        ])
}
