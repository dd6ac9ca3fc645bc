import DemetraFunctions
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
    /// Threads that columns are read on.
    let workers: any Workers
    /// Stops between columns; what was read so far is then of no use.
    let cancellation: CancellationFlag

    /// Rows that borders and suspicions are taken from. Rows come in the order of a hash, so evenly
    /// spaced ones are a sample.
    private static let sampleCount = 50_000

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
        let sample = sampledRows
        for found in columns(except: special, time: time) {
            notices += found.notices
            definitions += found.definitions
            for definition in found.definitions where definition.source == .number {
                numeric.append((definition.name, found.numbers))
            }
        }
        if leakage != .allow {
            let suspects = LeakageCheck.suspects(
                features: definitions.map(\.column), numeric: numeric,
                target: sample.map { target[$0] })
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

    /// Places in `rows` that stand for all of them.
    private var sampledRows: [Int] {
        let count = min(rows.count, Self.sampleCount)
        return (0..<count).map { $0 * rows.count / count }
    }

    /// What one column gives.
    private struct ColumnResult: Sendable {
        var definitions: [FeatureDefinition] = []
        /// Sampled values, when a feature is the number itself.
        var numbers: [Double] = []
        var notices: [String] = []
    }

    private func columns(except special: Set<Int>, time: Int?) -> [ColumnResult] {
        let indices = relation.schema.fields.indices.filter { !special.contains($0) }
        let slots = ResultSlots(count: indices.count, empty: ColumnResult())
        workers.forEach(indices.count) { position in
            let index = indices[position]
            guard !cancellation.isCancelled else { return }
            slots.set(position, column(index, isTime: index == time))
        }
        return slots.values
    }

    /// The column as a group, whatever its type.
    func group(_ index: Int) -> (definition: FeatureDefinition, codes: [UInt8]) {
        let name = relation.schema.fields[index].name
        let definition = FeatureDefinition.category(
            name: name, column: name, values: relation.names(index), rows: rows)
        return (definition, codes(definition, index).array)
    }

    private func codes(_ definitions: [FeatureDefinition]) -> CodeMatrix {
        let none = Buffer<UInt8>(repeating: 0, count: rows.count)
        let slots = ResultSlots(count: definitions.count, empty: none)
        workers.forEach(definitions.count) { position in
            let index = relation.schema.index(of: definitions[position].column) ?? 0
            guard !cancellation.isCancelled else { return }
            slots.set(position, codes(definitions[position], index))
        }
        return CodeMatrix(
            columns: slots.values, kinds: definitions.map(\.kind),
            codeCounts: definitions.map(\.codeCount), rowCount: rows.count)
    }

    private func codes(_ definition: FeatureDefinition, _ index: Int) -> Buffer<UInt8> {
        let coder = FeatureCoder(definition)
        var all: [UInt8] = []
        all.reserveCapacity(relation.rowCount)
        var unseen = 0
        for batch in relation.batches {
            all += coder.codes(batch.vectors[index], unseen: &unseen)
        }
        return Buffer(rows.map { all[$0] })
    }

    /// Values that are NaN or infinite without being NULL.
    private func infiniteCount(_ index: Int) -> Int {
        var count = 0
        for vector in relation.batches.map({ $0.vectors[index] }) {
            guard case .float64(let buffer) = vector.storage else { continue }
            for row in 0..<vector.count where !buffer[row].isFinite && vector.isValid(row) {
                count += 1
            }
        }
        return count
    }

    private func hasMissing(_ index: Int) -> Bool {
        let vectors = relation.batches.map { $0.vectors[index] }
        return vectors.contains(where: \.hasNulls)
    }

    /// The features of one column: none for an ID, several for a date.
    private func column(_ index: Int, isTime: Bool) -> ColumnResult {
        let field = relation.schema.fields[index]
        var result = ColumnResult()
        if field.type.isDateTime {
            var parts: [(String, FeatureDefinition.Source)] = [
                ("month", .month), ("weekday", .weekday),
            ]
            if field.type != .date { parts.append(("hour", .hour)) }
            if isTime { parts.append(("day", .day)) }
            result.definitions = parts.map {
                number(index, "\(field.name).\($0.0)", $0.1).definition
            }
        } else if field.type.isNumber || field.type == .boolean || field.type == .time {
            if field.type.isInteger, isIdentifier(field.name, relation.numbers(index)) {
                result.notices = ["column \(field.name) looks like an ID and is no feature"]
                return result
            }
            let (definition, values) = number(index, field.name, .number)
            (result.definitions, result.numbers) = ([definition], values)
            let strange = infiniteCount(index)
            if strange > 0 {
                result.notices = [
                    "\(strange) values of \(field.name) are not finite and count as missing"
                ]
            }
        } else if field.type.isText || field.type == .uuid {
            result = text(index, field.name)
        }
        result.definitions.removeAll { $0.codeCount <= 2 && !hasMissing(index) }
        return result
    }

    /// A number with borders from sampled rows, and those rows' values.
    private func number(
        _ index: Int, _ name: String, _ source: FeatureDefinition.Source
    ) -> (definition: FeatureDefinition, values: [Double]) {
        let all = FeatureDefinition.numbers(relation.batches.map { $0.vectors[index] }, source)
        let values = sampledRows.map { all[rows[$0]] }
        let definition = FeatureDefinition.number(
            name: name, column: relation.schema.fields[index].name, source: source,
            values: values, limit: binLimit)
        return (definition, values)
    }

    /// A text: an amount of money, an ID or a category.
    private func text(_ index: Int, _ name: String) -> ColumnResult {
        var result = ColumnResult()
        let names = relation.names(index)
        var counts = [Int](repeating: 0, count: names.names.count)
        for row in rows where names.codes[row] >= 0 { counts[Int(names.codes[row])] += 1 }
        let present = counts.reduce(0, +)
        var amounts = 0
        for (code, count) in counts.enumerated()
        where count > 0 && MoneyText.parse(names.names[code]) != nil { amounts += count }
        if present > 0, Double(amounts) >= 0.95 * Double(present) {
            let (definition, values) = number(index, name, .number)
            (result.definitions, result.numbers) = ([definition], values)
        } else if present >= 30, Double(counts.count { $0 > 0 }) > 0.9 * Double(present) {
            result.notices = ["column \(name) looks like an ID and is no feature"]
        } else {
            result.definitions = [
                .category(name: name, column: name, values: names, rows: rows)
            ]
        }
        return result
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
