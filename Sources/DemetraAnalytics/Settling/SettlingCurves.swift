/// How the days of each channel settle.
struct SettlingCurves: Sendable {
    /// One channel.
    struct Curve: Sendable {
        let channel: SettlingHistory.Channel
        let factors: DevelopmentFactors
    }

    let history: SettlingHistory
    /// In the order of the channels.
    let curves: [Curve]

    init(_ history: SettlingHistory) {
        self.history = history
        let oldest = history.oldestAge
        let pooled =
            history.channels.count > 1
            ? DevelopmentFactors(history.channels.flatMap(\.days), oldest: oldest) : nil
        curves = history.channels.map { channel in
            Curve(
                channel: channel,
                factors: DevelopmentFactors(channel.days, oldest: oldest, pooled: pooled))
        }
    }
}

extension SettlingCurves.Curve {
    /// The age from which on, at this and all later ages, the known part is within `tolerance` of the whole.
    ///
    /// The oldest age when days still changed at the last age that was watched.
    func settledAge(tolerance: Double) -> Int {
        let age = firstFlatAge(tolerance: tolerance)
        return age == factors.watchedAge ? factors.steps.count : age
    }

    /// The same as far as days were watched, whatever may come later.
    func firstFlatAge(tolerance: Double) -> Int {
        var age = factors.watchedAge
        while age > 0, factors.steps[age - 1].days > 0,
            abs(1 - factors.share(at: age - 1)) <= tolerance
        {
            age -= 1
        }
        return age
    }

    /// What the reader of the curve must know, of a channel and of an age of it.
    func notes(at age: Int) -> [String] {
        var notes: [String] = []
        if factors.watchedAge == 0 {
            notes.append("no day of the channel was watched for longer than one age")
        } else if factors.watchedAge < factors.steps.count {
            notes.append(
                "days were watched up to the age of \(factors.watchedAge): what comes later is not "
                    + "known")
        }
        if age < factors.steps.count, factors.steps[age].isPooled {
            notes.append("too few days of this channel: taken from all channels")
        }
        return notes
    }
}
