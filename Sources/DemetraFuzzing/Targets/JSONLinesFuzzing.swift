import DemetraFormats
import DemetraTypes
import DemetraVectors

/// JSON lines with keys found out, and the text as one document.
enum JSONLinesFuzzing {
    static func run(_ bytes: [UInt8]) throws(FuzzFinding) {
        let text = DelimitedText(bytes)
        try document(text)
        let inference = try refusable { () throws(DemetraError) in
            try JSONInference.infer(sample: text.span)
        }
        guard let inference else { return }
        for policy in [CSVErrorPolicy.strict(table: "t"), .tolerant] {
            let whole = try read(text, inference, policy, chunkByteCount: 4_096)
            let small = try read(text, inference, policy, chunkByteCount: 16)
            try law(whole == small, "chunks: \(whole) \(small)")
        }
    }

    private static func read(
        _ text: DelimitedText, _ inference: JSONInference, _ policy: CSVErrorPolicy,
        chunkByteCount: Int
    ) throws(FuzzFinding) -> String {
        let parser = JSONLinesParser(
            keys: inference.keys, columns: inference.columns, policy: policy)
        let reading = try refusable { () throws(DemetraError) in
            var reading = DelimitedText.Reading()
            for chunk in try text.chunks(JSONLinesParser.lines, chunkByteCount) {
                reading.add(try parser.parse(chunk))
            }
            return reading
        }
        return "\(reading as Any)"
    }

    /// What is valid has a tree, and a normal form that is its own.
    private static func document(_ text: DelimitedText) throws(FuzzFinding) {
        let isValid = JSONText.isValid(text.span)
        let tree = JSONValue(parsing: text.span)
        try law(isValid == (tree != nil), "valid: \(isValid), but its tree: \(tree as Any)")
        guard isValid, let normal = JSONText.normalised(text.span) else { return }
        let again = DelimitedText(normal)
        let second = JSONText.normalised(again.span)
        try law(second == normal, "normal form: \(String(decoding: normal, as: UTF8.self))")
    }
}
