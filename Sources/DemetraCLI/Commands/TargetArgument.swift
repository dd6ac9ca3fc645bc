import ArgumentParser

/// `PATH TO DIRECTORY`: the word between the two may be left out.
struct TargetArgument: ParsableArguments {
    @Argument(help: "The database's directory.")
    var path: String

    @Argument(help: "TO, and a directory that does not exist or is empty.")
    var to: [String]

    /// The directory.
    var target: String { to.last ?? "" }

    func validate() throws {
        let words = to.count == 2 && to[0].lowercased() == "to" ? Array(to.dropFirst()) : to
        guard words.count == 1 else {
            throw ValidationError("say from where to where: PATH TO DIRECTORY")
        }
    }
}
