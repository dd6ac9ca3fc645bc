import DemetraTypes
import Testing

@Suite struct `Numeric arithmetic` {
    private func decimal(_ text: String) throws(DemetraError) -> Decimal {
        try Decimal.parse(text)
    }

    @Test func `operators answer as PostgreSQL, with its scales`() {
        for (left, operation, right, expected) in DecimalCases.arithmetic {
            let result = answer { () throws(DemetraError) in
                let (a, b) = (try decimal(left), try decimal(right))
                return switch operation {
                case "+": try a.adding(b).description
                case "-": try a.subtracting(b).description
                case "*": try a.multiplied(by: b).description
                case "/": try a.divided(by: b).description
                default: try a.remainder(dividingBy: b).description
                }
            }
            #expect(result == expected, "\(left) \(operation) \(right)")
        }
    }

    @Test func `rounding goes half away from zero, truncation cuts`() {
        for (text, digits, rounded, truncated) in DecimalCases.rounding {
            let places = Int(digits) ?? 0
            #expect(
                answer { () throws(DemetraError) in
                    try decimal(text).rounded(to: places).description
                } == rounded, "round(\(text), \(digits))")
            #expect(
                answer { () throws(DemetraError) in
                    try decimal(text).truncated(to: places).description
                } == truncated, "trunc(\(text), \(digits))")
        }
    }

    @Test func `floor and ceiling go to the whole number below and above`() throws {
        for (text, floor, ceiling) in [
            ("1.2", "1", "2"), ("-1.2", "-2", "-1"), ("3.00", "3", "3"), ("-0.5", "-1", "0"),
            ("NaN", "NaN", "NaN"),
        ] {
            #expect(try decimal(text).floor.description == floor)
            #expect(try decimal(text).ceiling.description == ceiling)
        }
    }

    @Test func `a number that has too many digits for its field is refused`() {
        for (text, precision, scale, expected) in DecimalCases.fields {
            let result = answer { () throws(DemetraError) in
                let modifier = NumericModifier(
                    precision: Int(precision) ?? 0, scale: Int(scale) ?? 0)
                return try decimal(text).fitted(to: modifier).description
            }
            #expect(result == expected, "\(text)::numeric(\(precision),\(scale))")
        }
    }

    @Test func `a double becomes a numeric of 15 digits, a real one of 6`() {
        for (text, fromDouble, fromReal) in DecimalCases.doubles {
            let double = Double(text) ?? .nan
            #expect(
                answer { () throws(DemetraError) in try Decimal(double).description } == fromDouble)
            #expect(
                answer { () throws(DemetraError) in
                    try Decimal(Double(Float(double)), significantDigits: 6).description
                } == fromReal)
        }
        #expect(
            answer { () throws(DemetraError) in try Decimal(Double.infinity).description }
                == "ERR 22003")
    }

    @Test func `digits behind the point give way beyond 76 digits, digits before it do not`() throws
    {
        let nines = try decimal(String(repeating: "9", count: 76))
        #expect(
            answer { () throws(DemetraError) in try nines.adding(Decimal(1)).description }
                == "ERR 22003")
        #expect(
            answer { () throws(DemetraError) in try nines.multiplied(by: Decimal(2)).description }
                == "ERR 22003")
        #expect(try nines.adding(decimal("0.4")).description == nines.description)
        #expect(
            answer { () throws(DemetraError) in try nines.adding(decimal("0.5")).description }
                == "ERR 22003")
        let half = String(repeating: "1234567890", count: 4)
        #expect(
            try decimal(half + ".123456789").multiplied(by: decimal("1." + half)).description
                == "1386983677655845156517299194526901387340"
                + ".192043944005334557625361987875019052")
        #expect(try decimal("1e75").divided(by: decimal("3")).description.utf8.count == 75)
        #expect(
            reread("0." + half + half, .numeric(nil))
                == "0.1234567890123456789012345678901234567890123456789012345678901234567890123457")
        #expect(
            reread("1." + half + half, .numeric(nil))
                == "1.123456789012345678901234567890123456789012345678901234567890123456789012346")
        #expect(reread("1" + half + half, .numeric(nil)) == "ERR 22003")
        #expect(reread("1e76", .numeric(nil)) == "ERR 22003")
        #expect(reread("1e75", .numeric(nil)) == "1" + String(repeating: "0", count: 75))
        #expect(reread("4e-1001", .numeric(nil)) == "0." + String(repeating: "0", count: 1_000))
        #expect(
            reread("5e-1001", .numeric(nil)) == "0." + String(repeating: "0", count: 999) + "1")
    }

    @Test func `a small number far behind the point decides about rounding alone`() throws {
        let (one, speck) = (try decimal("1"), try decimal("1e-900"))
        #expect(try one.adding(speck).compare(one) == 0)
        #expect(try one.subtracting(speck).compare(one) == 0)
        #expect(one.compare(speck) > 0 && speck.compare(.zero) > 0)
        // A half, and something more or less than nothing.
        let half = try decimal(String(repeating: "1", count: 76) + ".5")
        #expect(half.description.last == "2")
        let places = try decimal("0." + String(repeating: "1", count: 75) + "5")
        let whole = Decimal(1)
        #expect(try whole.adding(places).description.last == "2")
        #expect(try whole.adding(places).adding(speck).description.last == "2")
    }

    @Test func `order is that of the numbers, whatever their scales, and NaN is the greatest`()
        throws
    {
        let ascending = [
            "-1e37", "-2.5", "-2.49999", "0", "0.001", "1.10", "1.2", "1e30", "1e37", "NaN",
        ]
        for (i, left) in ascending.enumerated() {
            for (j, right) in ascending.enumerated() {
                let order = try decimal(left).compare(decimal(right))
                #expect(order.signum() == (i - j).signum(), "\(left) and \(right)")
            }
        }
        #expect(try decimal("1.0").compare(decimal("1.00")) == 0)
        #expect(try decimal("1.0").trimmed == decimal("1.00").trimmed)
        #expect(try decimal("100").trimmed.description == "100")
    }

    @Test func `sums, products and quotients obey the laws of numbers`() throws {
        var random = SeededGenerator(seed: 17)
        func number() -> Decimal {
            let digits = Int.random(in: 1...18, using: &random)
            let limit = Int64(truncatingIfNeeded: WideInteger.powerOfTen(digits))
            return Decimal(
                unscaled: Int128(Int64.random(in: -limit...limit, using: &random)),
                scale: Int.random(in: 0...9, using: &random))
        }
        for _ in 0..<2_000 {
            let (a, b, c) = (number(), number(), number())
            let note: Comment = "seed \(random.seed): \(a) \(b) \(c)"
            #expect(try a.adding(b) == b.adding(a), note)
            #expect(try a.adding(b).subtracting(b).compare(a) == 0, note)
            #expect(try a.multiplied(by: b) == b.multiplied(by: a), note)
            #expect(try Decimal.parse(a.description) == a, note)
            #expect(
                try a.multiplied(by: b.adding(c)).compare(
                    a.multiplied(by: b).adding(a.multiplied(by: c))) == 0, note)
            guard !b.unscaled.isZero else { continue }
            let rest = try a.remainder(dividingBy: b)
            #expect(rest.magnitude.compare(b.magnitude) < 0, note)
            let whole = try a.subtracting(rest).divided(by: b)
            #expect(try whole.compare(whole.rounded(to: 0)) == 0, note)
        }
    }
}
