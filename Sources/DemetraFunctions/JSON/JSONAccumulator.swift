import DemetraTypes
import DemetraVectors

/// `json_agg`, `json_object_agg` and their kin: values of each group as one JSON text, in the order in which
/// they came; NULL for no rows.
// Owned by one worker.
final class JSONAccumulator: AggregateAccumulator {
    /// What is between the parts, and around all of them.
    struct Form: Sendable {
        let open: String
        let separator: String
        let close: String

        static let list = Form(open: "[", separator: ", ", close: "]")
        /// Arrays and rows stand on lines of their own, as in PostgreSQL; NULL does not.
        static let lines = Form(open: "[", separator: ", \n ", close: "]")
        static let object = Form(open: "{ ", separator: ", ", close: " }")
    }

    private let form: Form
    private let argumentTypes: [LogicalType]
    private let type: LogicalType
    private var texts: [[UInt8]?] = []
    private(set) var byteCount = 0

    init(_ form: Form, _ argumentTypes: [LogicalType], _ type: LogicalType) {
        self.form = form
        self.argumentTypes = argumentTypes
        self.type = type
    }

    func resize(groupCount: Int) {
        let more = groupCount - texts.count
        guard more > 0 else { return }
        texts += Array(repeating: nil, count: more)
        byteCount += more * 16
    }

    private func add(_ part: some Collection<UInt8>, _ group: Int) {
        byteCount += part.count + form.separator.utf8.count
        guard texts[group] != nil else {
            texts[group] = Array(part)
            return
        }
        // Neither an array nor a row is written with an `n` in front.
        let isNull = part.first == UInt8(ascii: "n")
        texts[group]?.append(contentsOf: (isNull ? Form.list : form).separator.utf8)
        texts[group]?.append(contentsOf: part)
    }

    /// - Throws: 22023 for a key that is NULL, 54000 when the texts exceed what a vector can hold.
    func update(
        _ arguments: [Vector], groups: GroupIndices, count: Int
    ) throws(DemetraError) {
        for row in 0..<count {
            let values = arguments.map { $0.value(at: row) }
            var part = JSONOutput.text(
                values[values.count - 1], argumentTypes[values.count - 1], zone: .utc)
            if values.count > 1 {
                guard !values[0].isNull else {
                    throw DemetraError(.invalidParameterValue, "field name must not be null")
                }
                let key = JSONOutput.key(values[0], argumentTypes[0], zone: .utc)
                part = JSONText.quoted(key) + " : " + part
            }
            add(part.utf8, groups.group(row))
        }
        try checkSize()
    }

    func merge(
        _ other: any AggregateAccumulator, groupMap: Buffer<Int32>
    ) throws(DemetraError) {
        guard let other = other as? JSONAccumulator else { return }
        for group in 0..<min(other.texts.count, groupMap.count) {
            if let text = other.texts[group] { add(text, Int(groupMap[group])) }
        }
        try checkSize()
    }

    private func checkSize() throws(DemetraError) {
        guard byteCount > TextBuffer.heapLimit / 2 else { return }
        throw DemetraError(
            .programLimitExceeded, "JSON of more than 2 GiB is not supported",
            hint: "Aggregate fewer rows at a time.")
    }

    func finish(groupCount: Int) -> Vector {
        var builder = VectorBuilder(type: type, capacity: groupCount)
        for text in texts.prefix(groupCount) {
            guard let text else {
                builder.appendNull()
                continue
            }
            let whole = form.open + String(decoding: text, as: UTF8.self) + form.close
            builder.append(text: type == .jsonb ? JSONOutput.normalised(whole) : whole)
        }
        return builder.finish()
    }
}

/// The aggregates that make JSON.
enum JSONAggregates {
    static let all: [AggregateFunction] =
        list("json_agg", .json, .list) + list("jsonb_agg", .jsonb, .list)
        + list(linesName, .json, .lines) + object("json_object_agg", .json)
        + object("jsonb_object_agg", .jsonb)

    /// The aggregate that `json_agg` over arrays and rows is.
    private static let linesName = "json_agg_lines"

    private static func list(
        _ name: String, _ type: LogicalType, _ form: JSONAccumulator.Form
    ) -> [AggregateFunction] {
        [
            AggregateFunction(
                name, Signature([.any], result: .fixed(type)), isOrderSensitive: true
            ) { types, type in JSONAccumulator(form, types, type) }
        ]
    }

    private static func object(_ name: String, _ type: LogicalType) -> [AggregateFunction] {
        [
            AggregateFunction(
                name, Signature([.any, .any], result: .fixed(type)), isOrderSensitive: true
            ) { types, type in JSONAccumulator(.object, types, type) }
        ]
    }
}
