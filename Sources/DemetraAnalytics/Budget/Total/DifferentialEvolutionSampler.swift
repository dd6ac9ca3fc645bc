package import DemetraTypes
import Glibc

/// What a sampler explores: a log density that may keep work between proposals of one chain.
package protocol SampledDensity {
    /// The number of parameters.
    var dimension: Int { get }

    /// The log density of `proposal`, which differs from the chain's state only where `changed` is set.
    mutating func propose(_ proposal: [Double], changed: [Bool], chain: Int) -> Double

    /// The last proposal of `chain` becomes its state.
    mutating func accept(chain: Int)
}

/// Draws from a density with a population of chains that learn directions and scales from each other.
///
/// A proposal adds the difference of two other chains to some parameters; every tenth step takes the
/// whole difference, to jump between modes. Chains move one after another, so results depend on the
/// seed alone.
///
/// - Source: ter Braak, "A Markov chain Monte Carlo version of the genetic algorithm differential
///   evolution", 2006.
package struct DifferentialEvolutionSampler: Sendable {
    /// Chains that run side by side.
    package var chainCount = 32
    /// Steps of each chain; the first half is forgotten.
    package var stepCount = 2_500
    /// Steps between the states that are kept.
    package var thinning = 25
    /// Start of the random stream.
    package var seed: UInt64

    /// A sampler of the usual size.
    package init(seed: UInt64) { self.seed = seed }

    /// States from the second half of the chains, in order of step and chain.
    package func draws<Density: SampledDensity>(
        from density: inout Density, start: [Double], spread: Double,
        cancellation: CancellationFlag
    ) throws(DemetraError) -> [[Double]] {
        var generator = SeededGenerator(seed: seed)
        let dimension = density.dimension
        let all = [Bool](repeating: true, count: dimension)
        var states: [[Double]] = []
        var logDensities: [Double] = []
        for chain in 0..<chainCount {
            let state = start.map { $0 + spread * generator.normal() }
            logDensities.append(density.propose(state, changed: all, chain: chain))
            density.accept(chain: chain)
            states.append(state)
        }
        var kept: [[Double]] = []
        var changed = all
        var proposal = start
        for step in 0..<stepCount {
            try cancellation.check()
            let share = step % 3 == 0 ? 0.2 : 0.5
            for chain in 0..<chainCount {
                let (first, second) = partners(of: chain, &generator)
                var changedCount = 0
                for index in 0..<dimension {
                    changed[index] = generator.uniform() < share
                    if changed[index] { changedCount += 1 }
                }
                let factor =
                    step % 10 == 0 ? 1.0 : 2.38 / Double(2 * max(changedCount, 1)).squareRoot()
                for index in 0..<dimension {
                    let move =
                        factor * (states[first][index] - states[second][index])
                        + 0.01 * generator.normal()
                    proposal[index] = states[chain][index] + (changed[index] ? move : 0)
                }
                let value = density.propose(proposal, changed: changed, chain: chain)
                if log(max(generator.uniform(), 1e-300)) < value - logDensities[chain] {
                    density.accept(chain: chain)
                    swap(&states[chain], &proposal)
                    logDensities[chain] = value
                }
            }
            if step > stepCount / 2, step % thinning == 0 { kept.append(contentsOf: states) }
        }
        return kept
    }

    /// Two chains that differ from `chain` and from each other.
    private func partners(of chain: Int, _ generator: inout SeededGenerator) -> (Int, Int) {
        var first = generator.index(below: chainCount - 1)
        if first >= chain { first += 1 }
        var second = first
        while second == first || second == chain { second = generator.index(below: chainCount) }
        return (first, second)
    }
}
