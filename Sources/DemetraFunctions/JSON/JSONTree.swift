import DemetraTypes

/// What jsonb operators do to trees: containment, merging, removing and setting.
///
/// - Source: PostgreSQL 15 documentation, sections 8.14.3 and 9.16.
extension JSONValue {
    /// The tree of a valid text.
    static func tree(_ text: String) -> JSONValue {
        var copy = text
        return copy.withUTF8 { JSONValue(parsing: $0) } ?? .null
    }

    private var isScalar: Bool {
        switch self {
        case .array, .object: false
        default: true
        }
    }

    /// Equal values, numbers by what they are and not by how they are written.
    private func equals(_ other: JSONValue) -> Bool {
        if case .number(let a) = self, case .number(let b) = other, a != b {
            guard let x = try? Decimal.parse(a), let y = try? Decimal.parse(b) else { return false }
            return x.compare(y) == 0
        }
        return self == other
    }

    /// `@>`: every part of the other is a part of this.
    func contains(_ other: JSONValue, isOutermost: Bool = true) -> Bool {
        switch (self, other) {
        case (.object(let own), .object(let wanted)):
            return wanted.allSatisfy { member in
                own.contains {
                    $0.key == member.key && $0.value.contains(member.value, isOutermost: false)
                }
            }
        case (.array(let own), .array(let wanted)):
            return wanted.allSatisfy { element in
                own.contains { $0.contains(element, isOutermost: false) }
            }
        case (.array(let own), _) where isOutermost && other.isScalar:
            return own.contains { $0.equals(other) }
        default: return isScalar && other.isScalar && equals(other)
        }
    }

    /// `?`: a key of an object, a string of an array, or the string itself.
    func has(_ key: String) -> Bool {
        switch self {
        case .object(let members): members.contains { $0.key == key }
        case .array(let elements): elements.contains(.string(key))
        case .string(let text): text == key
        default: false
        }
    }

    /// `||`: members of objects, later ones winning; anything else as lists one behind the other.
    func joined(_ other: JSONValue) -> JSONValue {
        if case .object(let a) = self, case .object(let b) = other {
            return JSONValue.object(a + b).normalised
        }
        func elements(_ value: JSONValue) -> [JSONValue] {
            if case .array(let elements) = value { elements } else { [value] }
        }
        return .array(elements(self) + elements(other))
    }

    /// `- key`: without a member, or without the strings of that text.
    func removing(_ key: String) throws(DemetraError) -> JSONValue {
        switch self {
        case .object(let members): return .object(members.filter { $0.key != key })
        case .array(let elements): return .array(elements.filter { $0 != .string(key) })
        default: throw Self.scalarError()
        }
    }

    /// `- number`: without an element; below zero counted from the end.
    func removing(_ number: Int) throws(DemetraError) -> JSONValue {
        switch self {
        case .array(let elements):
            let index = number < 0 ? elements.count + number : number
            guard elements.indices.contains(index) else { return self }
            var rest = elements
            rest.remove(at: index)
            return .array(rest)
        case .object:
            throw DemetraError(
                .invalidParameterValue, "cannot delete from object using integer index")
        default: throw Self.scalarError()
        }
    }

    private static func scalarError() -> DemetraError {
        DemetraError(.invalidParameterValue, "cannot delete from scalar")
    }

    /// `#-` and `jsonb_set`: the tree with what lies at a path removed (nil) or replaced; a member or element
    /// that is not there is added when `creates` says so.
    func setting(_ path: ArraySlice<String>, to new: JSONValue?, creates: Bool) -> JSONValue {
        guard let step = path.first else { return self }
        let isLast = path.count == 1
        let rest = path.dropFirst()
        switch self {
        case .object(var members):
            if let index = members.firstIndex(where: { $0.key == step }) {
                if isLast, new == nil {
                    members.remove(at: index)
                } else {
                    let old = members[index].value
                    members[index].value =
                        isLast ? new ?? old : old.setting(rest, to: new, creates: creates)
                }
            } else if isLast, creates, let new {
                members.append((step, new))
            }
            return JSONValue.object(members).normalised
        case .array(var elements):
            guard let number = Int(step) else { return self }
            let index = number < 0 ? elements.count + number : number
            if elements.indices.contains(index) {
                if isLast, new == nil {
                    elements.remove(at: index)
                } else {
                    let old = elements[index]
                    elements[index] =
                        isLast ? new ?? old : old.setting(rest, to: new, creates: creates)
                }
            } else if isLast, creates, let new {
                elements.insert(new, at: index < 0 ? 0 : elements.count)
            }
            return .array(elements)
        default: return self
        }
    }

    /// `jsonb_insert`: a new member where there is none, or a new element before or behind the one that a path names.
    ///
    /// - Throws: 22023 for a member that is there.
    func inserting(
        _ path: ArraySlice<String>, _ new: JSONValue, after: Bool
    ) throws(DemetraError) -> JSONValue {
        guard let step = path.first else { return self }
        let isLast = path.count == 1
        switch self {
        case .object(var members):
            if let index = members.firstIndex(where: { $0.key == step }) {
                guard !isLast else {
                    throw DemetraError(
                        .invalidParameterValue, "cannot replace existing key",
                        hint: "Try using the function jsonb_set to replace key value.")
                }
                members[index].value = try members[index].value.inserting(
                    path.dropFirst(), new, after: after)
            } else if isLast {
                members.append((step, new))
            }
            return JSONValue.object(members).normalised
        case .array(var elements):
            guard let number = Int(step) else { return self }
            let index = number < 0 ? elements.count &+ number : number
            if isLast {
                let place = index < 0 ? 0 : min(index, elements.count)
                let isBehind = after && index >= 0 && index < elements.count
                elements.insert(new, at: isBehind ? place + 1 : place)
            } else if elements.indices.contains(index) {
                elements[index] = try elements[index].inserting(
                    path.dropFirst(), new, after: after)
            }
            return .array(elements)
        default: return self
        }
    }

    /// Without the members that are null, at any depth.
    var withoutNulls: JSONValue {
        switch self {
        case .object(let members):
            .object(members.filter { $0.value != .null }.map { ($0.key, $0.value.withoutNulls) })
        case .array(let elements): .array(elements.map(\.withoutNulls))
        default: self
        }
    }

    /// The text without blanks between its parts.
    var compact: String {
        switch self {
        case .object(let members):
            "{"
                + members.map { JSONText.quoted($0.key) + ":" + $0.value.compact }
                .joined(separator: ",") + "}"
        case .array(let elements): "[" + elements.map(\.compact).joined(separator: ",") + "]"
        default: text
        }
    }

    /// The text over several lines, each level indented by four blanks.
    func pretty(indent: Int = 0) -> String {
        let inner = String(repeating: " ", count: indent + 4)
        let outer = String(repeating: " ", count: indent)
        switch self {
        case .object(let members):
            let lines = members.map {
                inner + JSONText.quoted($0.key) + ": " + $0.value.pretty(indent: indent + 4)
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n" + outer + "}"
        case .array(let elements):
            let lines = elements.map { inner + $0.pretty(indent: indent + 4) }
            return "[\n" + lines.joined(separator: ",\n") + "\n" + outer + "]"
        default: return text
        }
    }
}
