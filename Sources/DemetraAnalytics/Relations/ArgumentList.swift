/// Lists in a text: `'country, channel'`.
enum ArgumentList {
    /// The parts between commas, without the spaces around them; empty ones are left out.
    static func parts(_ text: String) -> [String] {
        text.split(separator: ",").map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }
}
