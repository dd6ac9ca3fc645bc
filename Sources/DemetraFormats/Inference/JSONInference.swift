package import DemetraTypes
import DemetraVectors

/// What the first lines of a JSON lines file say about it: keys in order of first sight, and types.
///
/// JSON says what is a number, so a string of digits stays text; strings become dates or
/// timestamps where they are. Arrays and objects become json.
///
/// Safe because members are slices of a line that was scanned whole.
package struct JSONInference: Sendable {
    /// The keys as written.
    package let keys: [String]
    /// A column for each key, named and typed.
    package let columns: [CSVColumn]
    /// Lines looked at.
    package let sampledCount: Int

    /// The columns as a schema.
    package var schema: Schema {
        Schema(columns.map { Field(name: $0.name, type: $0.type) })
    }

    /// What is known of one key.
    private struct Key {
        var evidence = ColumnEvidence()
        var stringCount = 0
        var containerCount = 0

        var type: LogicalType {
            if containerCount > 0 { return .json }
            let type = evidence.type
            return stringCount * 20 >= evidence.valueCount && !type.isDateTime ? .text : type
        }
    }

    /// Looks at the first bytes of a file; a torn last line adds its whole members only.
    ///
    /// - Throws: 22P04 when no line holds an object.
    package static func infer(
        sample: UnsafeBufferPointer<UInt8>
    ) throws(DemetraError) -> JSONInference {
        var chunker = CSVChunker(
            dialect: JSONLinesParser.lines, chunkByteCount: sample.count + 1, recordLimit: .max)
        _ = try chunker.push(sample)
        guard let chunk = try chunker.finish() else { throw noObject }
        try CSVTextCheck.check(chunk)
        var names: [String] = []
        var keys: [String: Key] = [:]
        var count = 0
        forEachLine(chunk) { line, _ in
            guard var members = JSONMembers(line) else { return true }
            while let member = members.next() {
                let name = JSONValue.unescaped(member.key)
                if keys[name] == nil { names.append(name) }
                add(member, to: &keys[name, default: Key()])
            }
            if members.isComplete { count += 1 }
            return true
        }
        guard count > 0, !names.isEmpty else { throw noObject }
        let columns = HeaderNormaliser.names(names).enumerated().map { index, name in
            CSVColumn(
                name: name, type: keys[names[index]]?.type ?? .text, fieldIndex: index,
                dateOrder: keys[names[index]]?.evidence.dateOrder ?? .monthFirst)
        }
        return JSONInference(keys: names, columns: columns, sampledCount: count)
    }

    private static func add(_ member: JSONMembers.Member, to key: inout Key) {
        switch member.kind {
        case .null: return
        case .container: key.containerCount += 1
        case .literal: key.evidence.add(String(decoding: member.value, as: UTF8.self))
        case .string:
            key.stringCount += 1
            let text = UnsafeBufferPointer(rebasing: member.value.dropFirst().dropLast())
            key.evidence.add(JSONValue.unescaped(text))
        }
    }

    private static var noObject: DemetraError {
        DemetraError(
            .badCopyFileFormat, "the file holds no JSON object",
            hint: "Each line must hold one object, such as {\"day\": \"2024-01-31\", \"spend\": 5}."
        )
    }
}
