import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// How recommendations are given: the argument `format`.
enum RecommendationForm: String, CaseIterable {
    /// A row for each.
    case rows
    /// One row with one document.
    case json

    /// The output columns.
    var schema: Schema {
        switch self {
        case .rows:
            Schema([
                Field(name: "rank", type: .integer), Field(name: "kind", type: .text),
                Field(name: "channel", type: .text), Field(name: "text", type: .text),
                Field(name: "evidence", type: .json), Field(name: "confidence", type: .text),
                Field(name: "source", type: .text),
            ])
        case .json: Schema([Field(name: "recommendation", type: .json)])
        }
    }

    /// The answer.
    func batches(_ report: RecommendationReport) -> [Batch] {
        switch self {
        case .rows: rows(report)
        case .json:
            ResultColumn.batches([.texts([report.document])], schema: schema, rowCount: 1)
        }
    }

    private func rows(_ report: RecommendationReport) -> [Batch] {
        let found = report.recommendations
        return ResultColumn.batches(
            [
                .integers(found.indices.map { Int64($0 + 1) }),
                .texts(found.map(\.kind.rawValue)), .texts(found.map(\.channel)),
                .texts(report.sentences.map(\.text)), .texts(found.map(\.evidence)),
                .texts(found.map(\.confidence.rawValue)),
                .texts(report.sentences.map(\.source.rawValue)),
            ], schema: schema, rowCount: found.count)
    }
}
