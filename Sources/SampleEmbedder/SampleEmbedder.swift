import Foundation

/// Writes the SQL files of `Samples/` into a Swift source, so that the program carries them with it.
///
/// The text has one home, the file under `Samples/` that people read and run; this copy is made by the build.
/// Arguments: the file to write, then the files to embed.
@main
struct SampleEmbedder {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let output = arguments.first else { throw CocoaError(.fileNoSuchFile) }
        var source = """
            // Generated from Samples/ by SampleEmbedder; edit the SQL files there.

            /// The SQL files that the demo is made of, by folder and name.
            enum SampleTexts {
                static let all: [(folder: String, name: String, text: String)] = [

            """
        for path in arguments.dropFirst().sorted() {
            let file = URL(fileURLWithPath: path)
            let folder = file.deletingLastPathComponent().lastPathComponent
            let text = try String(contentsOf: file, encoding: .utf8)
            source += "(\"\(folder)\", \"\(file.deletingPathExtension().lastPathComponent)\", "
            source += "##\"\"\"\n\(text)\n\"\"\"##),\n"
        }
        source += "]\n}\n"
        try source.write(toFile: output, atomically: true, encoding: .utf8)
    }
}
