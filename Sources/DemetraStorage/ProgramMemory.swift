/// What a process takes besides rows that are kept: its code, stacks, and the columns that scans have in hand.
///
/// Nobody asks before taking it, so it is taken from the limit beforehand: what is left may be reserved to the last
/// byte, and the process stays within the limit.
enum ProgramMemory {
    /// Measured: 34 MiB after `SELECT 1`, and scans of 19 columns on two threads.
    private static let mostBytes = 46 << 20
    /// What is left for rows where the limit is low: a third of it, and no more than this.
    private static let fewRowBytes = 18 << 20

    /// With less no process keeps to the limit, whatever is counted.
    private static let leastLimitBytes = 16 << 20

    /// - Parameter limitBytes: what the whole database may use; of little memory something must be left.
    static func byteCount(limitBytes: Int) -> Int {
        guard limitBytes >= leastLimitBytes else { return 0 }
        return min(mostBytes, limitBytes - min(limitBytes / 32 * 11, fewRowBytes))
    }
}
