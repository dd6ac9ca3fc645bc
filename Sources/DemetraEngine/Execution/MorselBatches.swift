import DemetraVectors

/// The batches that a worker keeps, by the morsels they came from.
struct MorselBatches {
    private var current: [Batch] = []
    private var morsels: [(morsel: Int, batches: [Batch])] = []

    /// Adds rows of the morsel that is being read.
    mutating func append(_ batch: Batch) { current.append(batch) }

    /// The morsel that was being read has ended.
    mutating func finishMorsel(_ index: Int) {
        guard !current.isEmpty else { return }
        morsels.append((index, current))
        current = []
    }

    /// All batches, also of a morsel that has not ended; none is left.
    mutating func taken() -> [Batch] {
        defer { self = MorselBatches() }
        return morsels.flatMap(\.batches) + current
    }

    /// The batches of several workers in the order of their morsels.
    static func inOrder(_ workers: [MorselBatches]) -> [Batch] {
        workers.flatMap(\.morsels).sorted { $0.morsel < $1.morsel }.flatMap(\.batches)
    }
}
