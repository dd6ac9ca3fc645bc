package import DemetraTypes

/// What tells the instances of a rule apart: the values of its groups, or of a row's key.
package struct AlertLabels: Sendable, Hashable {
    /// One label.
    package struct Label: Sendable, Hashable {
        /// The column.
        package let name: String
        /// The value as text; nil for NULL.
        package let text: String?
        /// True when the text reads as a number or boolean of JSON.
        package let isBare: Bool
    }

    /// The labels in the rule's order.
    package let labels: [Label]

    /// Labels of values of those types.
    package init(names: [String], values: [Value], types: [LogicalType]) {
        labels = names.indices.map { index in
            let isBare =
                switch values[index] {
                case .boolean, .integer: true
                case .double(let number): number.isFinite
                case .numeric(let number): !number.isNaN
                default: false
                }
            return Label(
                name: names[index], text: ValueText.text(values[index], type: types[index]),
                isBare: isBare)
        }
    }

    /// Rule and labels as one text, different for different label sets:
    /// `roi_drop{campaign_id="c1",channel_used="Google Ads"}`.
    ///
    /// Readable rather than a hash: it cannot collide, and people look for it.
    package func fingerprint(rule: String) -> String {
        let pairs = labels.map { label in
            label.name + "=" + (label.text.map { JSONText.quoted($0) } ?? "NULL")
        }
        return "\(rule){\(pairs.joined(separator: ","))}"
    }

    /// The labels as a JSON object.
    package var json: String {
        let pairs = labels.map { label in
            let value = label.text.map { label.isBare ? $0 : JSONText.quoted($0) } ?? "null"
            return "\(JSONText.quoted(label.name)): \(value)"
        }
        return "{\(pairs.joined(separator: ", "))}"
    }
}
