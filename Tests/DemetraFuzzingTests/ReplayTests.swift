import DemetraFuzzing
import Testing

/// What `Tests/fuzz` kept, given once more to the same parts by the ordinary build.
@Suite struct `Inputs that fuzzing kept` {
    @Test(arguments: FuzzTarget.allCases)
    func `reach all that was reached, and break no law`(target: FuzzTarget) throws {
        let inputs = try KeptInputs("corpus", of: target).inputs
        #expect(inputs.count > 20, "the corpus of \(target) is not there")
        replay(inputs, target)
    }

    @Test(arguments: FuzzTarget.allCases)
    func `were findings once, and stay mended`(target: FuzzTarget) throws {
        replay(try KeptInputs("regressions", of: target).inputs, target)
    }

    @Test func `are kept as lines that people can read`() {
        let line = Array(#"SELECT 'a\\b'\n\t\x00\xff é"#.utf8)
        #expect(
            KeptInputs.bytes(of: line) == Array("SELECT 'a\\b'\n\t\0".utf8) + [0xff, 0x20]
                + Array("é".utf8))
    }

    private func replay(_ inputs: [[UInt8]], _ target: FuzzTarget) {
        for input in inputs {
            do {
                try target.run(input)
            } catch {
                Issue.record("\(error), for \(target) of \(String(decoding: input, as: UTF8.self))")
            }
        }
    }
}
