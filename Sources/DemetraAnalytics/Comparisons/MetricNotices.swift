import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// Tells of rows that a comparison left out, and of names that look like one.
struct MetricNotices: Sendable {
    /// Rows by the reason why they do not count.
    struct LeftOut: Sendable {
        /// Without a time.
        var timeless = 0
        /// Without a number above or below the line.
        var unknown = 0
        /// With negative money or counts.
        var negative = 0
    }

    let board: NoticeBoard

    /// Tells of rows left out.
    func tell(
        _ left: LeftOut, _ rows: RelationColumns, _ columns: MetricColumns, rowCount: Int
    ) {
        if left.timeless > 0 {
            board.post(Notice("\(left.timeless) rows without a time were left out"))
        }
        if left.unknown > 0 {
            let names = [columns.top, columns.bottom].compactMap { $0 }
                .map { rows.schema.fields[$0].name }
            board.post(
                Notice(
                    "\(left.unknown) rows without a finite \(names.joined(separator: " or ")) were "
                        + "left out"))
        }
        if left.negative > 0 {
            board.post(
                Notice("\(left.negative) rows with a negative spend or count were left out"))
        }
    }

    /// Names that differ in their case alone are most likely one: said, never merged.
    func tellOfSpellings(_ names: [String], of kind: String) {
        var spellings: [String: String] = [:]
        for name in names {
            let folded = name.lowercased()
            if let other = spellings[folded] {
                board.post(
                    Notice(
                        "\(kind)s '\(other)' and '\(name)' differ in case alone and are compared "
                            + "apart"))
                return
            }
            spellings[folded] = name
        }
    }
}
