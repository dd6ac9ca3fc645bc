import DemetraTypes
import DemetraVectors

/// Decides which columns are features, and reads them.
struct FeatureReader {
    /// The relation with all its rows.
    let relation: RelationColumns
    /// Rows that have a target.
    let rows: [Int]
    /// The target of those rows.
    let target: [Double]
    /// Most bins of a number.
    let binLimit: Int

    /// Features with their codes, and what to say about columns.
    struct Found {
        var definitions: [FeatureDefinition] = []
        var codes: CodeMatrix
        var notices: [String] = []
    }

    func features(
        except special: Set<Int>, time: Int?, leakage: ROIModelOptions.Leakage
    ) -> Found {
        var definitions: [FeatureDefinition] = []
        var numeric: [(name: String, values: [Double])] = []
        var notices: [String] = []
        for index in relation.schema.fields.indices where !special.contains(index) {
            for definition in self.definitions(index, isTime: index == time, &notices) {
                guard definition.codeCount > 2 || hasMissing(index) else { continue }
                definitions.append(definition)
                if definition.source == .number {
                    let values = relation.numbers(index)
                    numeric.append((definition.name, rows.map { values[$0] }))
                }
            }
        }
        if leakage != .allow {
            let suspects = LeakageCheck.suspects(
                features: definitions.map(\.column), numeric: numeric, target: target)
            if leakage == .drop {
                definitions.removeAll { suspects[$0.column] != nil }
                if !suspects.isEmpty {
                    notices.append(
                        "left out as results of the campaign: "
                            + suspects.keys.sorted().joined(separator: ", "))
                }
            } else if !suspects.isEmpty {
                let list = suspects.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }
                notices.append("possible leakage: " + list.joined(separator: ", "))
            }
        }
        return Found(definitions: definitions, codes: codes(definitions), notices: notices)
    }

    /// The column as a group, whatever its type.
    func group(_ index: Int) -> (definition: FeatureDefinition, codes: [UInt8]) {
        let name = relation.schema.fields[index].name
        let texts = relation.texts(index)
        let definition = FeatureDefinition.category(
            name: name, column: name, values: rows.map { texts[$0] })
        var unseen = 0
        let codes = definition.codes(relation.batches.map { $0.vectors[index] }, unseen: &unseen)
        return (definition, rows.map { codes[$0] })
    }

    private func codes(_ definitions: [FeatureDefinition]) -> CodeMatrix {
        var columns: [[UInt8]] = []
        for definition in definitions {
            var unseen = 0
            let index = relation.schema.index(of: definition.column) ?? 0
            let codes = definition.codes(
                relation.batches.map { $0.vectors[index] }, unseen: &unseen)
            columns.append(rows.map { codes[$0] })
        }
        return CodeMatrix(
            columns: columns, kinds: definitions.map(\.kind),
            codeCounts: definitions.map(\.codeCount), rowCount: rows.count)
    }

    private func hasMissing(_ index: Int) -> Bool {
        let vectors = relation.batches.map { $0.vectors[index] }
        return vectors.contains(where: \.hasNulls)
    }

    /// The features of one column: none for an ID, several for a date.
    private func definitions(
        _ index: Int, isTime: Bool, _ notices: inout [String]
    ) -> [FeatureDefinition] {
        let field = relation.schema.fields[index]
        let vectors = relation.batches.map { $0.vectors[index] }
        func number(_ name: String, _ source: FeatureDefinition.Source) -> FeatureDefinition {
            let values = FeatureDefinition.numbers(vectors, source)
            return .number(
                name: name, column: field.name, source: source, values: rows.map { values[$0] },
                limit: binLimit)
        }
        if field.type.isDateTime {
            var parts: [(String, FeatureDefinition.Source)] = [
                ("month", .month), ("weekday", .weekday),
            ]
            if field.type != .date { parts.append(("hour", .hour)) }
            if isTime { parts.append(("day", .day)) }
            return parts.map { number("\(field.name).\($0.0)", $0.1) }
        }
        if field.type.isNumber || field.type == .boolean || field.type == .time {
            if field.type.isInteger, isIdentifier(field.name, relation.numbers(index)) {
                notices.append("column \(field.name) looks like an ID and is no feature")
                return []
            }
            return [number(field.name, .number)]
        }
        guard field.type.isText || field.type == .uuid else { return [] }
        let texts = relation.texts(index)
        let present = rows.compactMap { texts[$0] }
        let parsed = present.count { MoneyText.parse($0) != nil }
        if !present.isEmpty, Double(parsed) >= 0.95 * Double(present.count) {
            return [number(field.name, .number)]
        }
        if present.count >= 30, Double(Set(present).count) > 0.9 * Double(present.count) {
            notices.append("column \(field.name) looks like an ID and is no feature")
            return []
        }
        return [
            .category(name: field.name, column: field.name, values: rows.map { texts[$0] })
        ]
    }

    /// Nearly all different, and named like an ID or counting up without gaps.
    private func isIdentifier(_ name: String, _ values: [Double]) -> Bool {
        let present = rows.map { values[$0] }.filter { !$0.isNaN }
        let distinct = Set(present).count
        guard present.count >= 30, Double(distinct) > 0.9 * Double(present.count),
            let least = present.min(), let most = present.max()
        else { return false }
        let folded = name.lowercased()
        let isNamed = folded == "id" || folded.hasSuffix("_id") || folded.hasSuffix("key")
        return isNamed || most - least + 1 <= 1.2 * Double(distinct)
    }
}
