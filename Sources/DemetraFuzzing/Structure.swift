import DemetraTypes

/// Compares syntax trees, places apart.
package enum Structure {
    /// Where two values of one type differ, other than in `SourceRange`s; nil where they are alike.
    ///
    /// By reflection, so that no part of a tree can be forgotten.
    package static func difference(
        _ left: Any, _ right: Any, path: String = ""
    ) -> String? {
        if left is SourceRange { return nil }
        let (first, second) = (Mirror(reflecting: left), Mirror(reflecting: right))
        guard !first.children.isEmpty || !second.children.isEmpty else {
            return "\(left)" == "\(right)" ? nil : "\(path): \(left), \(right)"
        }
        guard first.children.count == second.children.count else {
            return "\(path): \(left), \(right)"
        }
        for (one, other) in zip(first.children, second.children) {
            guard one.label == other.label else { return "\(path): \(left), \(right)" }
            let inner = difference(one.value, other.value, path: "\(path).\(one.label ?? "")")
            if let inner { return inner }
        }
        return nil
    }
}
