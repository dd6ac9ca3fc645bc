/// The lines that are drawn around and between the columns of a table.
package enum TableFrame: Sendable, Hashable {
    /// A rule below the names and a bar between columns, as psql draws them.
    case plain
    /// A box of Unicode's drawing characters.
    case box

    /// One horizontal line: its left end, what it is made of, where columns meet, its right end.
    struct Rule {
        let left, line, cross, right: String

        func text(_ widths: [Int]) -> String {
            left
                + widths.map { String(repeating: line, count: $0 + 2) }.joined(separator: cross)
                + right + "\n"
        }
    }

    /// Above the names; nil for none.
    var top: Rule? {
        self == .box ? Rule(left: "┌", line: "─", cross: "┬", right: "┐") : nil
    }

    /// Between names and rows.
    var middle: Rule {
        self == .box
            ? Rule(left: "├", line: "─", cross: "┼", right: "┤")
            : Rule(left: "", line: "-", cross: "+", right: "")
    }

    /// Below the last row; nil for none.
    var bottom: Rule? {
        self == .box ? Rule(left: "└", line: "─", cross: "┴", right: "┘") : nil
    }

    /// In front of the first column.
    var left: String { self == .box ? "│ " : " " }
    /// Between two columns, behind the blank that ends the first.
    var between: String { self == .box ? "│ " : "| " }
    /// Behind the last column; nil where it is not padded, so that lines have no blanks at their end.
    var right: String? { self == .box ? " │" : nil }
    /// What all of it takes besides the columns and the blanks around them.
    func width(_ columnCount: Int) -> Int { columnCount - 1 + (self == .box ? 2 : 0) }
}
