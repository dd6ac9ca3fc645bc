import DemetraAlerts
import DemetraTypes
import Foundation
import Testing

@Suite struct `The state machine of a rule` {
    private func time(_ second: Int64) -> Timestamp { Timestamp(microseconds: second * 1_000_000) }

    @Test func `fires once while the condition stays true`() {
        var machine = AlertStateMachine()
        let fired = AlertInstance(fingerprint: "a", firstSeen: time(1), lastSeen: time(1))
        #expect(machine.observe("a", isBreached: true, at: time(1)) == .fired(fired))
        #expect(machine.endRound(at: time(1)) == [])
        let later = AlertInstance(fingerprint: "a", firstSeen: time(1), lastSeen: time(2))
        #expect(machine.observe("a", isBreached: true, at: time(2)) == .continued(later))
        #expect(machine.endRound(at: time(2)) == [])
        #expect(machine.instances == [later])
    }

    @Test func `resolves when the condition is false, unknown or the label set is gone`() {
        for sample in [false, nil, true] as [Bool?] {
            var machine = AlertStateMachine()
            _ = machine.observe("a", isBreached: true, at: time(1))
            _ = machine.endRound(at: time(1))
            // The third round has a sample of another label set alone.
            if sample != true {
                #expect(machine.observe("a", isBreached: sample, at: time(2)) == nil)
            } else {
                _ = machine.observe("b", isBreached: true, at: time(2))
            }
            let over = AlertInstance(fingerprint: "a", firstSeen: time(1), lastSeen: time(1))
            #expect(machine.endRound(at: time(2)) == [.resolved(over, at: time(2))])
        }
    }

    @Test func `fires again after it resolved`() {
        var machine = AlertStateMachine()
        _ = machine.observe("a", isBreached: true, at: time(1))
        _ = machine.endRound(at: time(1))
        _ = machine.endRound(at: time(2))
        let again = AlertInstance(fingerprint: "a", firstSeen: time(3), lastSeen: time(3))
        #expect(machine.observe("a", isBreached: true, at: time(3)) == .fired(again))
    }

    @Test func `several samples of a label set count as true when one is`() {
        var machine = AlertStateMachine()
        #expect(machine.observe("a", isBreached: false, at: time(1)) == nil)
        #expect(machine.observe("a", isBreached: true, at: time(1)) != nil)
        #expect(machine.observe("a", isBreached: true, at: time(1)) == nil)
        #expect(machine.observe("a", isBreached: false, at: time(1)) == nil)
        #expect(machine.endRound(at: time(1)) == [])
        #expect(machine.instances.map(\.fingerprint) == ["a"])
    }

    @Test func `a clock that runs backwards makes no alert end before it began`() {
        var machine = AlertStateMachine()
        _ = machine.observe("a", isBreached: true, at: time(9))
        _ = machine.endRound(at: time(9))
        _ = machine.observe("a", isBreached: true, at: time(5))
        #expect(machine.instances[0].lastSeen == time(9))
        _ = machine.endRound(at: time(5))
        guard case .resolved(let over, let end)? = machine.endRound(at: time(3)).first else {
            Issue.record("it did not resolve")
            return
        }
        #expect(over.firstSeen <= over.lastSeen && over.lastSeen <= end)
    }

    @Test func `follows its definition for random rounds`() {
        let given = ProcessInfo.processInfo.environment["DEMETRA_SEED"].flatMap { UInt64($0) }
        let seed = given ?? UInt64.random(in: 0...UInt64.max)
        var state = seed
        func random(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        var machine = AlertStateMachine()
        var open: Set<String> = []
        for round in 1...500 {
            let samples = (0..<random(12)).map { _ in
                (String(random(6)), [true, false, nil][Int(random(3))])
            }
            var (fired, resolved): (Set<String>, Set<String>) = ([], [])
            for (label, isBreached) in samples {
                let time = time(Int64(round))
                if case .fired(let instance)? = machine.observe(
                    label, isBreached: isBreached, at: time)
                {
                    #expect(fired.insert(instance.fingerprint).inserted, "seed \(seed)")
                }
            }
            for case .resolved(let instance, _) in machine.endRound(at: time(Int64(round))) {
                resolved.insert(instance.fingerprint)
            }
            let breached = Set(samples.filter { $0.1 == true }.map(\.0))
            #expect(fired == breached.subtracting(open), "seed \(seed), round \(round)")
            #expect(resolved == open.subtracting(breached), "seed \(seed), round \(round)")
            open = breached
            #expect(Set(machine.instances.map(\.fingerprint)) == open, "seed \(seed)")
        }
    }
}

@Suite struct `The labels of an instance` {
    private func labels(_ pairs: [(String, Value, LogicalType)]) -> AlertLabels {
        AlertLabels(names: pairs.map(\.0), values: pairs.map(\.1), types: pairs.map(\.2))
    }

    @Test func `read as rule and values`() {
        let some = labels([("channel", .text("Google Ads"), .text), ("day", .null, .date)])
        #expect(some.fingerprint(rule: "roi_drop") == #"roi_drop{channel="Google Ads",day=NULL}"#)
        #expect(labels([]).fingerprint(rule: "all") == "all{}")
    }

    @Test func `never collide by the characters they hold`() {
        let texts = ["a", "a\",b=\"c", "a\\", "\\\"", "NULL", "", "a\n", "{", "}", ","]
        var seen: Set<String> = []
        for first in texts.map({ Value.text($0) }) + [.null] {
            for second in texts.map({ Value.text($0) }) + [.null] {
                let pair = labels([("a", first, .text), ("b", second, .text)])
                #expect(seen.insert(pair.fingerprint(rule: "r")).inserted)
            }
        }
    }

    @Test func `are JSON whatever they hold`() throws {
        let some = labels([
            ("text", .text("a\"b\\c\n\u{1}é"), .text), ("whole", .integer(7), .bigint),
            ("fraction", .double(0.5), .double), ("infinite", .double(.infinity), .double),
            ("yes", .boolean(true), .boolean), ("none", .null, .text),
            ("day", .date(CalendarDate(days: 0)), .date),
        ])
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(some.json.utf8)) as? [String: Any])
        #expect(object["text"] as? String == "a\"b\\c\n\u{1}é")
        #expect(object["whole"] as? Int == 7)
        #expect(object["fraction"] as? Double == 0.5)
        #expect(object["infinite"] as? String == "Infinity")
        #expect(object["yes"] as? Bool == true)
        #expect(object["none"] is NSNull)
        #expect(object["day"] as? String == "1970-01-01")
    }
}
