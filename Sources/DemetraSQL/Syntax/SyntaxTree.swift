import DemetraTypes

/// What the parser makes: nodes in one array, their children in another.
struct SyntaxTree {
    struct Node {
        let rule: SyntaxRule
        let firstToken: Int32
        let endToken: Int32
        let firstChild: Int32
        let childCount: Int32
    }

    struct Child {
        var label: SyntaxLabel
        let node: Int32
    }

    let tokens: [Token]
    let text: TokenText
    let nodes: [Node]
    let children: [Child]
}

/// A node of a tree, for the builders that turn it into statements.
struct SyntaxNode {
    let tree: SyntaxTree
    let index: Int

    private var node: SyntaxTree.Node { tree.nodes[index] }

    /// The rule that matched.
    var rule: SyntaxRule { node.rule }

    /// The first token.
    var token: Token { tree.tokens[Int(node.firstToken)] }

    /// Where the node stands.
    var range: SourceRange {
        let first = tree.tokens[Int(node.firstToken)]
        guard node.endToken > node.firstToken else { return SourceRange(first.start, first.start) }
        return SourceRange(first.start, tree.tokens[Int(node.endToken) - 1].end)
    }

    /// All children in order.
    var children: [SyntaxNode] {
        (0..<Int(node.childCount)).map {
            SyntaxNode(tree: tree, index: Int(tree.children[Int(node.firstChild) + $0].node))
        }
    }

    /// The first child of that label.
    subscript(label: SyntaxLabel) -> SyntaxNode? {
        for position in 0..<Int(node.childCount) {
            let child = tree.children[Int(node.firstChild) + position]
            if child.label == label { return SyntaxNode(tree: tree, index: Int(child.node)) }
        }
        return nil
    }

    /// The children of that label in order.
    func all(_ label: SyntaxLabel) -> [SyntaxNode] {
        (0..<Int(node.childCount)).compactMap { position in
            let child = tree.children[Int(node.firstChild) + position]
            return child.label == label ? SyntaxNode(tree: tree, index: Int(child.node)) : nil
        }
    }

    /// True when there is a child of that label.
    func has(_ label: SyntaxLabel) -> Bool { self[label] != nil }

    /// The name the first token stands for.
    var name: String { tree.text.name(token) }

    /// The first token as an identifier.
    var identifier: Identifier { Identifier(name, range: range) }

    /// The first token as written.
    var source: String { tree.text.source(token) }

    /// The text of a string literal.
    func string() throws(DemetraError) -> String { try tree.text.string(token) }
}
