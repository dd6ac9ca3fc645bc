import DemetraTypes
import DemetraVectors

/// All aggregates.
enum AggregateList {
    static let all: [AggregateFunction] =
        counts + sums + extremes + booleans + moments + orderedSets + collections
        + CounterAggregates.all

    private static func aggregate(
        _ name: String, _ parameters: [ParameterType], _ result: ResultType,
        ignoresDuplicates: Bool = false,
        _ make: @escaping AggregateFunction.Factory
    ) -> AggregateFunction {
        AggregateFunction(
            name, Signature(parameters, result: result), ignoresDuplicates: ignoresDuplicates,
            makeAccumulator: make)
    }

    private static let counts: [AggregateFunction] = [
        aggregate("count", [], .fixed(.bigint)) { _, _ in CountAccumulator() },
        aggregate("count", [.any], .fixed(.bigint)) { _, _ in CountAccumulator() },
        aggregate("count_if", [.type(.boolean)], .fixed(.bigint)) { _, type in
            FoldAccumulator(
                type: type, initial: Int64(0),
                fold: { state, values in if values[0] == .boolean(true) { state += 1 } },
                combine: { $0 += $1 }, result: { .integer($0) })
        },
    ]

    private static let sums: [AggregateFunction] = [
        aggregate("sum", [.type(.smallint)], .fixed(.bigint)) { _, _ in
            IntegerSumAccumulator(output: .bigint, scale: 0)
        },
        aggregate("sum", [.type(.integer)], .fixed(.bigint)) { _, _ in
            IntegerSumAccumulator(output: .bigint, scale: 0)
        },
        aggregate("sum", [.type(.bigint)], .fixed(.numeric(nil))) { _, _ in
            IntegerSumAccumulator(output: .numericSum, scale: 0)
        },
        aggregate("sum", [.type(.numeric(nil))], .fixed(.numeric(nil))) { types, _ in
            decimalSum(types[0], isAverage: false)
        },
        aggregate("sum", [.type(.real)], .fixed(.real)) { _, type in
            FloatSumAccumulator(isAverage: false, type: type)
        },
        aggregate("sum", [.type(.double)], .fixed(.double)) { _, type in
            FloatSumAccumulator(isAverage: false, type: type)
        },
        aggregate("sum", [.type(.interval)], .fixed(.interval)) { _, type in
            intervalSum(type, isAverage: false)
        },
        aggregate("avg", [.type(.smallint)], .fixed(.numeric(nil))) { _, _ in
            IntegerSumAccumulator(output: .numericAverage, scale: 0)
        },
        aggregate("avg", [.type(.integer)], .fixed(.numeric(nil))) { _, _ in
            IntegerSumAccumulator(output: .numericAverage, scale: 0)
        },
        aggregate("avg", [.type(.bigint)], .fixed(.numeric(nil))) { _, _ in
            IntegerSumAccumulator(output: .numericAverage, scale: 0)
        },
        aggregate("avg", [.type(.numeric(nil))], .fixed(.numeric(nil))) { types, _ in
            decimalSum(types[0], isAverage: true)
        },
        aggregate("avg", [.type(.real)], .fixed(.double)) { _, type in
            FloatSumAccumulator(isAverage: true, type: type)
        },
        aggregate("avg", [.type(.double)], .fixed(.double)) { _, type in
            FloatSumAccumulator(isAverage: true, type: type)
        },
        aggregate("avg", [.type(.interval)], .fixed(.interval)) { _, type in
            intervalSum(type, isAverage: true)
        },
    ]

    private static func decimalSum(
        _ type: LogicalType, isAverage: Bool
    ) -> any AggregateAccumulator {
        if type.physicalType != .decimal {
            return IntegerSumAccumulator(
                output: isAverage ? .numericAverage : .numericSum, scale: type.numericScale)
        }
        return FoldAccumulator(
            type: .numeric(nil), initial: ExactSum(),
            fold: { (state: inout ExactSum, values) in
                if case .numeric(let value) = values[0] { state.add(value) }
            },
            combine: { (state: inout ExactSum, other) in state.join(other) },
            result: { (state) throws(DemetraError) in
                guard state.count > 0 else { return .null }
                return .numeric(isAverage ? try state.average() : try state.total())
            })
    }

    private static func intervalSum(
        _ type: LogicalType, isAverage: Bool
    ) -> any AggregateAccumulator {
        FoldAccumulator(
            type: type, initial: (sum: Interval(), count: Int64(0)),
            fold: { (state: inout (sum: Interval, count: Int64), values) throws(DemetraError) in
                guard case .interval(let value) = values[0] else { return }
                state = (try state.sum.adding(value), state.count + 1)
            },
            combine: { (state: inout (sum: Interval, count: Int64), other) throws(DemetraError) in
                state = (try state.sum.adding(other.sum), state.count + other.count)
            },
            result: { (state) throws(DemetraError) in
                guard state.count > 0 else { return .null }
                return .interval(
                    isAverage ? try state.sum.divided(by: Double(state.count)) : state.sum)
            })
    }

    private static let extremes: [AggregateFunction] =
        [("min", false), ("max", true)].map { name, isMaximum in
            aggregate(name, [.any], .argument(0), ignoresDuplicates: true) { _, type in
                extreme(isMaximum, type)
            }
        }
        + [
            atExtreme("first", isLast: false), atExtreme("arg_min", isLast: false),
            atExtreme("last", isLast: true), atExtreme("arg_max", isLast: true),
            aggregate("any_value", [.any], .argument(0)) { _, type in
                FoldAccumulator(
                    type: type, initial: Value.null,
                    fold: { state, values in if case .null = state { state = values[0] } },
                    combine: { state, other in if case .null = state { state = other } },
                    result: { $0 })
            },
        ]

    private static func atExtreme(_ name: String, isLast: Bool) -> AggregateFunction {
        aggregate(name, [.any, .any], .argument(0)) { types, type in
            if AtExtremeAccumulator.handles(time: types[1]) {
                return AtExtremeAccumulator(isLast: isLast, type: type)
            }
            return AtExtremeValueAccumulator(isLast: isLast, type: type)
        }
    }

    private static func extreme(_ isMaximum: Bool, _ type: LogicalType) -> any AggregateAccumulator
    {
        if ExtremeAccumulator.handles(type) {
            return ExtremeAccumulator(isMaximum: isMaximum, type: type)
        }
        func better(_ candidate: Value, _ state: inout Value) {
            if case .null = candidate { return }
            if case .null = state {
                state = candidate
                return
            }
            let order = ValueComparison.compare(candidate, state)
            if isMaximum ? order > 0 : order < 0 { state = candidate }
        }
        return FoldAccumulator(
            type: type, initial: Value.null,
            fold: { state, values in better(values[0], &state) },
            combine: { state, other in better(other, &state) }, result: { $0 })
    }

    private static let booleans: [AggregateFunction] =
        [("bool_and", true), ("every", true), ("bool_or", false)].map { name, isAnd in
            aggregate(name, [.type(.boolean)], .fixed(.boolean)) { _, type in
                func join(_ state: inout Value, _ other: Value) {
                    guard case .boolean(let b) = other else { return }
                    guard case .boolean(let a) = state else {
                        state = other
                        return
                    }
                    state = .boolean(isAnd ? a && b : a || b)
                }
                return FoldAccumulator(
                    type: type, initial: Value.null, fold: { join(&$0, $1[0]) },
                    combine: { join(&$0, $1) }, result: { $0 })
            }
        }
        + [("bit_and", 0), ("bit_or", 1), ("bit_xor", 2)].flatMap { name, kind in
            [LogicalType.integer, .bigint].map { type in
                aggregate(name, [.type(type)], .fixed(type)) { _, type in
                    func join(_ state: inout Value, _ other: Value) {
                        guard case .integer(let b) = other else { return }
                        guard case .integer(let a) = state else {
                            state = other
                            return
                        }
                        state = .integer(kind == 0 ? a & b : (kind == 1 ? a | b : a ^ b))
                    }
                    return FoldAccumulator(
                        type: type, initial: Value.null, fold: { join(&$0, $1[0]) },
                        combine: { join(&$0, $1) }, result: { $0 })
                }
            }
        }

    private static let moments: [AggregateFunction] = {
        let single: [(String, MomentAccumulator.Output)] = [
            ("variance", .varianceSample), ("var_samp", .varianceSample),
            ("var_pop", .variancePopulation), ("stddev", .deviationSample),
            ("stddev_samp", .deviationSample), ("stddev_pop", .deviationPopulation),
        ]
        let pairs: [(String, MomentAccumulator.Output)] = [
            ("covar_pop", .covariancePopulation), ("covar_samp", .covarianceSample),
            ("corr", .correlation), ("regr_slope", .slope), ("regr_intercept", .intercept),
            ("regr_r2", .r2), ("regr_avgx", .averageX), ("regr_avgy", .averageY),
            ("regr_sxx", .sxx), ("regr_syy", .syy), ("regr_sxy", .sxy),
        ]
        return single.flatMap { name, output in
            exactVariances(name, output) + [
                aggregate(name, [.type(.double)], .fixed(.double)) { _, type in
                    MomentAccumulator(output, type: type)
                }
            ]
        }
            + pairs.map { name, output in
                aggregate(name, [.type(.double), .type(.double)], .fixed(.double)) { _, type in
                    MomentAccumulator(output, type: type)
                }
            } + [
                aggregate("regr_count", [.type(.double), .type(.double)], .fixed(.bigint)) {
                    _, type in
                    MomentAccumulator(.count, type: type)
                }
            ]
    }()

    /// Of exact numbers variances are exact.
    private static func exactVariances(
        _ name: String, _ output: MomentAccumulator.Output
    ) -> [AggregateFunction] {
        let isSample = output == .varianceSample || output == .deviationSample
        let isDeviation = output == .deviationSample || output == .deviationPopulation
        return [LogicalType.smallint, .integer, .bigint, .numeric(nil)].map { type in
            aggregate(name, [.type(type)], .fixed(.numeric(nil))) { types, _ in
                VarianceAccumulator(
                    isSample: isSample, isDeviation: isDeviation, scale: types[0].numericScale)
            }
        }
    }

    private static let orderedSets: [AggregateFunction] =
        [
            orderedSet(
                "mode", .mode, Signature([.any], result: .argument(0))),
            aggregate("median", [.type(.double)], .fixed(.double)) { _, type in
                OrderedSetAccumulator(.median, type: type)
            },
        ]
        + [false, true].flatMap { isList in
            let fraction = ParameterType.type(isList ? .array(.double) : .double)
            let numbers = [LogicalType.double, .interval].map { type in
                orderedSet(
                    "percentile_cont", .continuous,
                    Signature(
                        [fraction, .type(type)], result: .fixed(isList ? .array(type) : type)),
                    isList: isList)
            }
            let values = orderedSet(
                "percentile_disc", .discrete,
                Signature([fraction, .any], result: isList ? .array(of: 1) : .argument(1)),
                isList: isList)
            return numbers + [values]
        }

    private static func orderedSet(
        _ name: String, _ kind: OrderedSetAccumulator.Kind, _ signature: Signature,
        isList: Bool = false
    ) -> AggregateFunction {
        AggregateFunction(name, signature, isOrderedSet: true) { _, type in
            OrderedSetAccumulator(kind, type: type, isList: isList)
        }
    }

    private static let collections: [AggregateFunction] = [
        AggregateFunction(
            "array_agg", Signature([.anyElement], result: .array(of: 0)), isOrderSensitive: true
        ) { _, type in ArrayAccumulator(type: type) },
        AggregateFunction(
            "string_agg", Signature([.type(.text), .type(.text)], result: .fixed(.text)),
            isOrderSensitive: true
        ) { _, type in StringAccumulator(type: type) },
    ]
}
