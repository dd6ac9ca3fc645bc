import DemetraTypes

extension JSONValue {
    /// Adds a list as the text of an array: `["a b", null, [1]]` as `{"a b",NULL,{1}}`.
    func appendArrayText(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes.append(contentsOf: "NULL".utf8)
        case .boolean, .number: appendText(to: &bytes)
        case .string(let text): Self.appendQuoted(text.utf8, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "{"))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.appendArrayText(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        case .object:
            var text: [UInt8] = []
            appendText(to: &text)
            Self.appendQuoted(text, to: &bytes)
        }
    }

    private static func appendQuoted(_ text: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                bytes.append(UInt8(ascii: "\\"))
            }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
