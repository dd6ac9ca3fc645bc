/// The sums of one group, day by day.
struct DaySums: Sendable {
    /// The sums of one day, or of one block of days.
    struct Cell: Sendable {
        /// The place of the day among all days, from 0.
        var day: Int32
        /// The sum above the line.
        var top: Double
        /// The sum below the line; 1 per row where there is no line.
        var bottom: Double
    }

    /// In ascending order of days, each once.
    var cells: [Cell] = []
    /// The money spent.
    var spend = 0.0
    /// Days with rows, or rows where there are no days.
    var count = 0

    /// All days above the line.
    var top: Double { cells.reduce(0) { $0 + $1.top } }
    /// All days below the line.
    var bottom: Double { cells.reduce(0) { $0 + $1.bottom } }
}
