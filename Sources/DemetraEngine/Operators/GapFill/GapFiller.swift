import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// Computes one filled column.
struct GapFiller {
    let fill: GapFillOperator.Fill
    let lines: SeriesLines
    let times: BucketTimes
    let context: ExecutionContext

    func column(_ groups: Batch) throws(DemetraError) -> Vector {
        let values =
            groups.count == 0
            ? Vector.nulls(fill.type, count: 1)
            : try ExpressionEvaluator(fill.value, context).evaluate(groups)[0]
        let argument = try fill.argument.map { program throws(DemetraError) in
            try ExpressionEvaluator(program, context).evaluateOne(Batch([], count: 1))
        }
        switch fill.kind {
        case .constant: return try constant(values, argument)
        case .previous: return try previous(values, Self.interval(argument))
        case .linear: return try linear(values, Self.interval(argument))
        }
    }

    private static func interval(_ argument: Vector?) -> Interval? {
        if case .interval(let reach)? = argument?.value(at: 0) { return reach }
        return nil
    }

    private func constant(_ values: Vector, _ argument: Vector?) throws(DemetraError) -> Vector {
        let known = values.takingOptional(rows: Buffer(lines.sources))
        guard let argument else { return known }
        let gaps = lines.sources.indices.filter { lines.sources[$0] < 0 }.map { Int32($0) }
        guard !gaps.isEmpty else { return known }
        let absent = SelectionVector(Buffer(gaps))
        let present = absent.complement(count: lines.count)
        return try BlendKernel.blend(
            [
                (present, known.taking(present)),
                (absent, .constant(argument, count: gaps.count)),
            ], type: fill.type, count: lines.count)
    }

    /// The last known value, as far as it reaches.
    private func previous(_ values: Vector, _ reach: Interval?) throws(DemetraError) -> Vector {
        var rows = [Int32](repeating: -1, count: lines.count)
        for series in lines.series {
            let known = series.groups.filter { values.isValid(Int($0)) }
            var next = 0
            for (position, time) in lines.buckets.enumerated() {
                while next < known.count, instant(known[next]) <= time { next += 1 }
                guard next > 0 else { continue }
                let last = known[next - 1]
                if try times.reaches(reach, from: instant(last), to: time) {
                    rows[series.firstRow + position] = last
                }
            }
        }
        return values.takingOptional(rows: Buffer(rows))
    }

    /// The line between two known values, where they are no farther apart than they reach.
    private func linear(_ values: Vector, _ reach: Interval?) throws(DemetraError) -> Vector {
        var builder = VectorBuilder(type: fill.type, capacity: lines.count)
        for series in lines.series {
            try context.cancellation.check()
            let known = series.groups.filter { values.isValid(Int($0)) }
            var next = 0
            for time in lines.buckets {
                while next < known.count, instant(known[next]) <= time { next += 1 }
                guard next > 0 else {
                    builder.appendNull()
                    continue
                }
                let left = known[next - 1]
                if instant(left) == time {
                    builder.append(values.value(at: Int(left)))
                } else if next < known.count,
                    try times.reaches(reach, from: instant(left), to: instant(known[next]))
                {
                    builder.append(try between(values, left, known[next], time))
                } else {
                    builder.appendNull()
                }
            }
        }
        return builder.finish()
    }

    private func between(
        _ values: Vector, _ left: Int32, _ right: Int32, _ time: Int64
    ) throws(DemetraError) -> Value {
        let (start, end) = (instant(left), instant(right))
        switch (values.value(at: Int(left)), values.value(at: Int(right))) {
        case (.double(let a), .double(let b)):
            return .double(a + (b - a) * (Double(time - start) / Double(end - start)))
        case (.numeric(let a), .numeric(let b)):
            let rise = try b.subtracting(a).multiplied(by: Decimal(time - start))
            return .numeric(try a.adding(try rise.divided(by: Decimal(end - start))))
        default: return .null
        }
    }

    private func instant(_ group: Int32) -> Int64 { times.instants[Int(group)] ?? 0 }
}
