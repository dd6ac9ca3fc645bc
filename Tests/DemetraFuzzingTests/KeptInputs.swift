import DemetraFuzzing
import Foundation

/// Inputs as `Tests/Fuzzing` keeps them: one a line, `\n`, `\r`, `\t`, `\\` and `\xHH` for what a line cannot show;
/// lines that begin with `#` are notes.
struct KeptInputs {
    /// The inputs in order.
    let inputs: [[UInt8]]

    /// Those of a target in a folder of `Tests/Fuzzing`; none when there is no file.
    init(_ folder: String, of target: FuzzTarget) throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fuzzing/\(folder)/\(target.rawValue).txt")
        guard FileManager.default.fileExists(atPath: file.path) else {
            inputs = []
            return
        }
        let lines = try Data(contentsOf: file).split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
        inputs = lines.filter { $0.first != UInt8(ascii: "#") }.map { Self.bytes(of: Array($0)) }
    }

    /// The bytes that a line stands for.
    static func bytes(of line: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = line[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let letter = rest.popFirst() else {
                result.append(byte)
                continue
            }
            switch letter {
            case UInt8(ascii: "n"): result.append(UInt8(ascii: "\n"))
            case UInt8(ascii: "r"): result.append(UInt8(ascii: "\r"))
            case UInt8(ascii: "t"): result.append(UInt8(ascii: "\t"))
            case UInt8(ascii: "x"):
                let digits = String(decoding: rest.prefix(2), as: UTF8.self)
                result.append(UInt8(digits, radix: 16) ?? 0)
                rest = rest.dropFirst(2)
            default: result.append(letter)
            }
        }
        return result
    }
}
