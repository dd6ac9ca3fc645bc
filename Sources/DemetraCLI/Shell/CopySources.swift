import Demetra
import Foundation

/// The rows of COPY ... FROM STDIN: lines of the script, up to `\.` or its end.
final class LineSource: CopySource {
    private static let pieceByteCount = 1 << 16
    private let lines: ScriptLines
    private var isDone = false

    init(_ lines: ScriptLines) { self.lines = lines }

    func read() throws(DemetraError) -> [UInt8]? {
        var bytes: [UInt8] = []
        while !isDone, bytes.count < Self.pieceByteCount {
            guard let line = lines.next(), line != "\\.", line != "\\.\r" else {
                isDone = true
                break
            }
            bytes += line.utf8
            bytes.append(0x0A)
        }
        return bytes.isEmpty ? nil : bytes
    }
}

/// The rows of `\copy ... FROM`: the bytes of a file.
final class FileSource: CopySource {
    private static let pieceByteCount = 1 << 18
    private let file: FileHandle
    private let name: String

    /// - Throws: 58P01 when the file cannot be read.
    init(_ name: String) throws(DemetraError) {
        guard let file = FileHandle(forReadingAtPath: name) else {
            throw DemetraError(.undefinedFile, "file \"\(name)\" cannot be read")
        }
        self.file = file
        self.name = name
    }

    func read() throws(DemetraError) -> [UInt8]? {
        do {
            let data = try file.read(upToCount: Self.pieceByteCount) ?? Data()
            return data.isEmpty ? nil : Array(data)
        } catch {
            throw DemetraError(.ioError, "file \"\(name)\" cannot be read")
        }
    }
}
