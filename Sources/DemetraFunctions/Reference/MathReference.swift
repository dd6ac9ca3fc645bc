/// Mathematics, in the reference of functions.
enum MathReference {
    static let section = FunctionSection(
        "Mathematics",
        """
        Angles are in radians unless the name says otherwise. numeric is exact, double precision is not. A \
        result too large is an error (22003).
        """,
        [
            FunctionEntry(
                "abs",
                "The number without its sign.",
                example: "SELECT abs(-17.40), abs(-3)",
                answer: "17.40 | 3"),
            FunctionEntry(
                "sign",
                "-1, 0 or 1 by the sign of the number.",
                example: "SELECT sign(-8.4), sign(0), sign(3)",
                answer: "-1 | 0 | 1"),
            FunctionEntry(
                "round",
                """
                The nearest whole number, or with so many places behind the point; a negative count rounds \
                to tens, hundreds, ... Halves go away from zero, those of double precision to the even \
                number.
                """,
                example: """
                    SELECT round(2.5), round(-2.5), round(2.5::double precision), round(1234.5678, 2), \
                    round(1234.5678, -2)
                    """,
                answer: "3 | -3 | 2 | 1234.57 | 1200"),
            FunctionEntry(
                "trunc",
                "Cuts off what stands behind the point, or behind so many places.",
                example: "SELECT trunc(-2.7), trunc(1234.5678, 2), trunc(1234.5678, -2)",
                answer: "-2 | 1234.56 | 1200"),
            FunctionEntry(
                "floor",
                "The greatest whole number that is not above.",
                example: "SELECT floor(2.7), floor(-2.1)",
                answer: "2 | -3"),
            FunctionEntry(
                "ceil",
                also: ["ceiling"],
                "The least whole number that is not below.",
                example: "SELECT ceil(2.1), ceiling(-2.7)",
                answer: "3 | -2"),
            FunctionEntry(
                "div",
                "How often the second number goes wholly into the first.",
                example: "SELECT div(17, 5), div(-17, 5)",
                answer: "3 | -3"),
            FunctionEntry(
                "mod",
                "What the division leaves, with the sign of the first number; the same as `%`.",
                example: "SELECT mod(17, 5), mod(-17, 5), mod(7.5, 2)",
                answer: "2 | -2 | 1.5"),
            FunctionEntry(
                "power",
                also: ["pow"],
                """
                The first number raised to the second. A negative number to a broken power is an error \
                (2201F).
                """,
                example: "SELECT power(2, 10), power(2.5, 2), pow(9, 0.5)",
                answer: "1024 | 6.2500000000000000 | 3.0000000000000000"),
            FunctionEntry(
                "sqrt",
                "The square root. Of a negative number an error (2201F).",
                example: "SELECT sqrt(2::numeric), sqrt(16)",
                answer: "1.414213562373095 | 4"),
            FunctionEntry(
                "cbrt",
                "The cube root.",
                example: "SELECT cbrt(27), cbrt(-8)",
                answer: "3.0000000000000004 | -2"),
            FunctionEntry(
                "exp",
                "e raised to the number.",
                example: "SELECT exp(0), round(exp(1.0), 6)",
                answer: "1 | 2.718282"),
            FunctionEntry(
                "expm1",
                "exp(x) - 1, exact also for x close to 0.",
                example: "SELECT expm1(0), expm1(1e-10)",
                answer: "0 | 1.00000000005e-10"),
            FunctionEntry(
                "ln",
                "The natural logarithm. Of zero and less an error (2201E).",
                example: "SELECT ln(1), round(ln(2.0), 6)",
                answer: "0 | 0.693147"),
            FunctionEntry(
                "log",
                also: ["log10"],
                """
                The logarithm to base 10, or with two arguments to the base that the first one gives.
                """,
                example: "SELECT log(1000), log10(0.01), log(2.0, 64.0)",
                answer: "3 | -2.0000000000000000 | 6.0000000000000000"),
            FunctionEntry(
                "log2",
                "The logarithm to base 2.",
                example: "SELECT log2(1024)",
                answer: "10"),
            FunctionEntry(
                "log1p",
                "ln(1 + x), exact also for x close to 0.",
                example: "SELECT log1p(0), log1p(1e-10)",
                answer: "0 | 9.999999999500001e-11"),
            FunctionEntry(
                "pi",
                "The number pi.",
                example: "SELECT pi()",
                answer: "3.141592653589793"),
            FunctionEntry(
                "degrees",
                "Radians in degrees.",
                example: "SELECT degrees(pi())",
                answer: "180"),
            FunctionEntry(
                "radians",
                "Degrees in radians.",
                example: "SELECT radians(180)",
                answer: "3.141592653589793"),
            FunctionEntry(
                "sin",
                also: ["cos", "tan", "cot"],
                "Sine, cosine, tangent and cotangent of an angle.",
                example: """
                    SELECT round(sin(pi() / 6)::numeric, 6), cos(0), round(tan(pi() / 4)::numeric, 6), \
                    round(cot(pi() / 4)::numeric, 6)
                    """,
                answer: "0.500000 | 1 | 1.000000 | 1.000000"),
            FunctionEntry(
                "asin",
                also: ["acos", "atan"],
                """
                The angle whose sine, cosine or tangent it is. asin and acos refuse what is outside of -1 to \
                1 (22003).
                """,
                example: "SELECT asin(0), acos(1), round(atan(1)::numeric, 6)",
                answer: "0 | 0 | 0.785398"),
            FunctionEntry(
                "atan2",
                """
                The angle whose tangent is the first argument divided by the second, in the quadrant of the \
                two.
                """,
                example: "SELECT atan2(0, -1), round(atan2(1, 1)::numeric, 6)",
                answer: "3.141592653589793 | 0.785398"),
            FunctionEntry(
                "sinh",
                also: ["cosh", "tanh"],
                "Hyperbolic sine, cosine and tangent.",
                example: "SELECT sinh(0), cosh(0), round(tanh(1)::numeric, 6)",
                answer: "0 | 1 | 0.761594"),
            FunctionEntry(
                "asinh",
                also: ["acosh", "atanh"],
                "The number whose hyperbolic sine, cosine or tangent it is.",
                example: "SELECT asinh(0), acosh(1), atanh(0)",
                answer: "0 | 0 | 0"),
            FunctionEntry(
                "gcd",
                "The greatest number that divides both.",
                example: "SELECT gcd(1071, 462), gcd(0, 5)",
                answer: "21 | 5"),
            FunctionEntry(
                "lcm",
                "The least number above zero that both divide; 0 when one of them is 0.",
                example: "SELECT lcm(4, 6), lcm(0, 5)",
                answer: "12 | 0"),
            FunctionEntry(
                "factorial",
                "The product of all whole numbers from 1 on.",
                example: "SELECT factorial(0), factorial(20)",
                answer: "1 | 2432902008176640000"),
            FunctionEntry(
                "width_bucket",
                """
                The number of the bucket that a value falls into, of so many equal ones between two bounds, \
                or between the thresholds of a sorted array. 0 is below all of them, one more than there are \
                is above.
                """,
                example: """
                    SELECT width_bucket(5.35, 0, 10, 5), width_bucket(12.0, 0, 10, 5), width_bucket(25, \
                    ARRAY[10, 20, 50])
                    """,
                answer: "3 | 6 | 2"),
            FunctionEntry(
                "scale",
                "How many places a numeric has behind its point.",
                example: "SELECT scale(8.4100)",
                answer: "4"),
            FunctionEntry(
                "min_scale",
                "How many places a numeric needs behind its point.",
                example: "SELECT min_scale(8.4100)",
                answer: "2"),
            FunctionEntry(
                "trim_scale",
                "The numeric without zeros at its end.",
                example: "SELECT trim_scale(8.4100)",
                answer: "8.41"),
            FunctionEntry(
                "random",
                "A number from 0 up to but not including 1, new for each row.",
                example: "SELECT random() >= 0 AND random() < 1",
                answer: "t"),
        ])
}
