import DemetraTypes
import DemetraVectors

/// LIKE and ILIKE. The pattern is compiled once while it stays the same.
///
/// Safe because a byte is written for each of the `count` rows of its builder, and for no other.
enum LikeFunctions {
    static let all: [ScalarFunction] = ["like", "ilike"].flatMap { name in
        [
            function(name, Signature([.type(.text), .type(.text)], result: .fixed(.boolean))),
            function(
                name,
                Signature([.type(.text), .type(.text), .type(.text)], result: .fixed(.boolean))),
        ]
    }

    private static func function(_ name: String, _ signature: Signature) -> ScalarFunction {
        ScalarFunction(name, signature) { (arguments, count, _) throws(DemetraError) in
            var pattern: (text: String, escape: String, compiled: LikePattern)?
            let builder = BufferBuilder<UInt8>(capacity: count)
            let output = builder.pointer
            for row in 0..<count {
                output[row] = 0
                guard arguments.allSatisfy({ $0.isValid(row) }) else { continue }
                let text = arguments[1].value(at: row).textOrEmpty
                let escape = arguments.count > 2 ? arguments[2].value(at: row).textOrEmpty : "\\"
                if pattern == nil || pattern?.text != text || pattern?.escape != escape {
                    pattern = (
                        text, escape,
                        try LikePattern(text, escape: escape, ignoresCase: name == "ilike")
                    )
                }
                let value = arguments[0].value(at: row).textOrEmpty
                if pattern?.compiled.matches(value) ?? false { output[row] = 1 }
            }
            return Vector(
                type: .boolean, count: count, storage: .boolean(builder.freeze(count: count)))
        }
    }
}

/// A compiled LIKE pattern: literal pieces between `%`, with `_` for any one character.
struct LikePattern {
    private enum Element: Equatable {
        case one
        case scalar(Unicode.Scalar)
    }

    private let pieces: [[Element]]
    private let ignoresCase: Bool

    /// - Throws: 22025 when the pattern ends with the escape character.
    init(_ pattern: String, escape: String, ignoresCase: Bool) throws(DemetraError) {
        let mark = escape.unicodeScalars.first
        var pieces: [[Element]] = [[]]
        var rest = Array(pattern.unicodeScalars)[...]
        while let next = rest.popFirst() {
            if next == mark {
                guard let literal = rest.popFirst() else {
                    throw DemetraError(
                        .invalidEscapeSequence, "LIKE pattern must not end with escape character")
                }
                pieces[pieces.count - 1].append(.scalar(Self.folded(literal, ignoresCase)))
            } else if next == "%" {
                pieces.append([])
            } else if next == "_" {
                pieces[pieces.count - 1].append(.one)
            } else {
                pieces[pieces.count - 1].append(.scalar(Self.folded(next, ignoresCase)))
            }
        }
        self.pieces = pieces
        self.ignoresCase = ignoresCase
    }

    private static func folded(_ scalar: Unicode.Scalar, _ ignoresCase: Bool) -> Unicode.Scalar {
        guard ignoresCase else { return scalar }
        let lower = scalar.properties.lowercaseMapping.unicodeScalars
        return lower.count == 1 ? lower.first ?? scalar : scalar
    }

    /// Whether the whole text matches. Each piece is taken at its first place: no backtracking is needed.
    func matches(_ text: String) -> Bool {
        let scalars = text.unicodeScalars.map { Self.folded($0, ignoresCase) }
        guard let first = pieces.first, let last = pieces.last else { return scalars.isEmpty }
        if pieces.count == 1 { return scalars.count == first.count && fits(first, scalars, 0) }
        guard scalars.count >= first.count + last.count, fits(first, scalars, 0) else {
            return false
        }
        var position = first.count
        let end = scalars.count - last.count
        for piece in pieces.dropFirst().dropLast() {
            while position + piece.count <= end, !fits(piece, scalars, position) { position += 1 }
            guard position + piece.count <= end else { return false }
            position += piece.count
        }
        return fits(last, scalars, end)
    }

    private func fits(_ piece: [Element], _ scalars: [Unicode.Scalar], _ start: Int) -> Bool {
        guard start + piece.count <= scalars.count else { return false }
        for (offset, element) in piece.enumerated() {
            if case .scalar(let scalar) = element, scalars[start + offset] != scalar {
                return false
            }
        }
        return true
    }
}
