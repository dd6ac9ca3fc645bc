import Foundation
import Testing

/// Nothing is so long that a reader loses the thread.
@Suite struct `Sizes` {
    @Test func `files end before 500 lines, or say at their top why not, and never reach 800`() {
        for file in SourceTree.sources + SourceTree.tests {
            #expect(file.lines.count <= 800, "\(file)")
            if file.lines.count > 500 {
                let header = file.lines.prefix(30).joined(separator: "\n")
                #expect(header.contains("Long because"), "\(file) has \(file.lines.count) lines")
            }
        }
    }

    @Test func `functions end before 70 lines`() {
        var count = 0
        for file in SourceTree.sources + SourceTree.tests {
            for body in FunctionBody.all(in: file) {
                count += 1
                #expect(body.lineCount <= 70, "\(file):\(body.line) has \(body.lineCount) lines")
            }
        }
        #expect(count > 2_000, "functions were not found")
    }

    @Test func `folders hold at most 25 files`() {
        var counts: [String: Int] = [:]
        let paths = SourceTree.paths(below: "Sources") + SourceTree.paths(below: "Tests")
        for path in paths where !path.contains("/.build") {
            counts[(path as NSString).deletingLastPathComponent, default: 0] += 1
        }
        for (folder, count) in counts { #expect(count <= 25, "\(folder)") }
    }
}

/// A function, initializer, subscript or computed property with its body.
struct FunctionBody {
    /// The line of its name, from 1.
    let line: Int
    /// From the line of its name to the closing brace.
    let lineCount: Int

    static func all(in file: SourceFile) -> [FunctionBody] {
        let text = Array(file.code.joined(separator: "\n").utf8)
        var lineStarts = [0]
        for (offset, byte) in text.enumerated() where byte == UInt8(ascii: "\n") {
            lineStarts.append(offset + 1)
        }
        let head = #/(?:^|[^.\w])(?:func|init|deinit|subscript)\b|\bvar\b[^=]*\{\s*$/#
        var result: [FunctionBody] = []
        for (index, line) in file.code.enumerated() {
            guard let match = line.firstMatch(of: head) else { continue }
            let column = line.utf8.distance(from: line.startIndex, to: match.range.lowerBound)
            guard let opening = bodyStart(text, from: lineStarts[index] + column),
                let closing = bodyEnd(text, from: opening)
            else { continue }
            let last = lineStarts.lastIndex { $0 <= closing } ?? index
            result.append(FunctionBody(line: index + 1, lineCount: last - index + 1))
        }
        return result
    }

    /// The brace that opens the body; nil for a requirement of a protocol.
    private static func bodyStart(_ text: [UInt8], from start: Int) -> Int? {
        var depth = 0
        for place in start..<text.count {
            switch text[place] {
            case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "{") where depth == 0: return place
            case UInt8(ascii: "}") where depth == 0: return nil
            case UInt8(ascii: "\n") where depth == 0:
                if !continues(text[(place + 1)...]) { return nil }
            default: break
            }
        }
        return nil
    }

    /// Whether the declaration goes on behind a line break.
    private static func continues(_ rest: ArraySlice<UInt8>) -> Bool {
        let next = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }.prefix(8)
        let word = String(decoding: next, as: UTF8.self)
        return ["{", "where", "->", "throws", "async"].contains { word.hasPrefix($0) }
    }

    private static func bodyEnd(_ text: [UInt8], from opening: Int) -> Int? {
        var depth = 0
        for place in opening..<text.count {
            if text[place] == UInt8(ascii: "{") { depth += 1 }
            if text[place] == UInt8(ascii: "}") {
                depth -= 1
                if depth == 0 { return place }
            }
        }
        return nil
    }
}
