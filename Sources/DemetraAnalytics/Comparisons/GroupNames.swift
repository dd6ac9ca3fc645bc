import DemetraTypes

/// The groups of one channel, and the one that the others are compared with.
struct GroupPanel: Sendable {
    /// Places among all groups.
    var groups: Range<Int>
    /// The place of the baseline, when it is one group and has rows.
    var baseline: Int?
}

/// What groups are called.
struct GroupNames: Sendable {
    /// The texts of the segment columns of each group, nil for NULL.
    let texts: [[String?]]
    /// The channel of each group, nil without one.
    let channels: [String?]
    /// One text per group, for messages.
    let spoken: [String]

    /// Reads the names from one row of each group.
    init(_ rows: RelationColumns, _ groups: RowGroups, channel: Int?, segments: [Int]) {
        func names(_ column: Int) -> [String?] {
            let names = rows.names(column)
            return groups.representatives.map { row in
                let code = names.codes[row]
                return code < 0 ? nil : names.names[Int(code)]
            }
        }
        let columns = segments.map { names($0) }
        let found = groups.representatives.indices.map { group in columns.map { $0[group] } }
        texts = found
        channels = channel.map { names($0) } ?? Array(repeating: nil, count: groups.count)
        spoken = zip(found, channels).map { texts, channel in
            (texts + (channel == nil ? [] : [channel])).map { $0 ?? "NULL" }
                .joined(separator: ", ")
        }
    }

    /// The groups channel by channel; `baseline` names a group in each, by one text or, with
    /// `isList`, by one text per segment column.
    func panels(baseline: String?, isList: Bool) -> [GroupPanel] {
        let wanted = baseline.map { isList ? ArgumentList.parts($0) : [$0] }
        var panels: [GroupPanel] = []
        var start = 0
        while start < texts.count {
            var end = start + 1
            while end < texts.count, channels[end] == channels[start] { end += 1 }
            var panel = GroupPanel(groups: start..<end)
            if let wanted {
                panel.baseline = (start..<end).first { texts[$0] == wanted }
            }
            panels.append(panel)
            start = end
        }
        return panels
    }
}
