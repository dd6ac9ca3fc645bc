/// What PostgreSQL 15 answers to arithmetic on intervals.
enum IntervalCases {
    static let products: [(String, String, String, String)] = [
        ("1 hour", "2", "02:00:00", "00:30:00"), ("1 hour", "0.5", "00:30:00", "02:00:00"),
        ("1 hour", "1.5", "01:30:00", "00:40:00"), ("1 hour", "-1", "-01:00:00", "-01:00:00"),
        ("1 hour", "0.1", "00:06:00", "10:00:00"), ("1 hour", "3", "03:00:00", "00:20:00"),
        ("1 hour", "7", "07:00:00", "00:08:34.285714"), ("1 day", "2", "2 days", "12:00:00"),
        ("1 day", "0.5", "12:00:00", "2 days"), ("1 day", "1.5", "1 day 12:00:00", "16:00:00"),
        ("1 day", "-1", "-1 days", "-1 days"), ("1 day", "0.1", "02:24:00", "10 days"),
        ("1 day", "3", "3 days", "08:00:00"), ("1 day", "7", "7 days", "03:25:42.857143"),
        ("1 mon", "2", "2 mons", "15 days"), ("1 mon", "0.5", "15 days", "2 mons"),
        ("1 mon", "1.5", "1 mon 15 days", "20 days"), ("1 mon", "-1", "-1 mons", "-1 mons"),
        ("1 mon", "0.1", "3 days", "10 mons"), ("1 mon", "3", "3 mons", "10 days"),
        ("1 mon", "7", "7 mons", "4 days 06:51:25.6896"),
        (
            "1 year 2 mons 3 days 04:05:06.789", "2", "2 years 4 mons 6 days 08:10:13.578",
            "7 mons 1 day 14:02:33.3945"
        ),
        (
            "1 year 2 mons 3 days 04:05:06.789", "0.5", "7 mons 1 day 14:02:33.3945",
            "2 years 4 mons 6 days 08:10:13.578"
        ),
        (
            "1 year 2 mons 3 days 04:05:06.789", "1.5", "1 year 9 mons 4 days 18:07:40.1835",
            "9 mons 12 days 02:43:24.526"
        ),
        (
            "1 year 2 mons 3 days 04:05:06.789", "-1", "-1 years -2 mons -3 days -04:05:06.789",
            "-1 years -2 mons -3 days -04:05:06.789"
        ),
        (
            "1 year 2 mons 3 days 04:05:06.789", "0.1", "1 mon 12 days 07:36:30.6789",
            "11 years 8 mons 30 days 40:51:07.89"
        ),
        (
            "1 year 2 mons 3 days 04:05:06.789", "3", "3 years 6 mons 9 days 12:15:20.367",
            "4 mons 21 days 01:21:42.263"
        ),
        (
            "1 year 2 mons 3 days 04:05:06.789", "7", "8 years 2 mons 21 days 28:35:47.523",
            "2 mons 10:52:09.541286"
        ),
        ("-00:00:15", "2", "-00:00:30", "-00:00:07.5"),
        ("-00:00:15", "0.5", "-00:00:07.5", "-00:00:30"),
        ("-00:00:15", "1.5", "-00:00:22.5", "-00:00:10"),
        ("-00:00:15", "-1", "00:00:15", "00:00:15"),
        ("-00:00:15", "0.1", "-00:00:01.5", "-00:02:30"),
        ("-00:00:15", "3", "-00:00:45", "-00:00:05"),
        ("-00:00:15", "7", "-00:01:45", "-00:00:02.142857"),
        ("1 mon 1 day", "2", "2 mons 2 days", "15 days 12:00:00"),
        ("1 mon 1 day", "0.5", "15 days 12:00:00", "2 mons 2 days"),
        ("1 mon 1 day", "1.5", "1 mon 16 days 12:00:00", "20 days 16:00:00"),
        ("1 mon 1 day", "-1", "-1 mons -1 days", "-1 mons -1 days"),
        ("1 mon 1 day", "0.1", "3 days 02:24:00", "10 mons 10 days"),
        ("1 mon 1 day", "3", "3 mons 3 days", "10 days 08:00:00"),
        ("1 mon 1 day", "7", "7 mons 7 days", "4 days 10:17:08.546743"),
        ("10 days", "2", "20 days", "5 days"), ("10 days", "0.5", "5 days", "20 days"),
        ("10 days", "1.5", "15 days", "6 days 16:00:00"),
        ("10 days", "-1", "-10 days", "-10 days"), ("10 days", "0.1", "1 day", "100 days"),
        ("10 days", "3", "30 days", "3 days 08:00:00"),
        ("10 days", "7", "70 days", "1 day 10:17:08.571429"),
    ]

    static let fields: [(String, String, String)] = [
        ("microseconds", "1 year 2 mons 3 days 04:05:06.789", "6789000"),
        ("milliseconds", "1 year 2 mons 3 days 04:05:06.789", "6789.000"),
        ("second", "1 year 2 mons 3 days 04:05:06.789", "6.789000"),
        ("minute", "1 year 2 mons 3 days 04:05:06.789", "5"),
        ("hour", "1 year 2 mons 3 days 04:05:06.789", "4"),
        ("day", "1 year 2 mons 3 days 04:05:06.789", "3"),
        ("month", "1 year 2 mons 3 days 04:05:06.789", "2"),
        ("quarter", "1 year 2 mons 3 days 04:05:06.789", "1"),
        ("year", "1 year 2 mons 3 days 04:05:06.789", "1"),
        ("decade", "1 year 2 mons 3 days 04:05:06.789", "0"),
        ("century", "1 year 2 mons 3 days 04:05:06.789", "0"),
        ("millennium", "1 year 2 mons 3 days 04:05:06.789", "0"),
        ("epoch", "1 year 2 mons 3 days 04:05:06.789", "37015506.789000"),
        ("microseconds", "-1 years -14 mons -40 days -26:00:00.5", "-500000"),
        ("milliseconds", "-1 years -14 mons -40 days -26:00:00.5", "-500.000"),
        ("second", "-1 years -14 mons -40 days -26:00:00.5", "-0.500000"),
        ("minute", "-1 years -14 mons -40 days -26:00:00.5", "0"),
        ("hour", "-1 years -14 mons -40 days -26:00:00.5", "-26"),
        ("day", "-1 years -14 mons -40 days -26:00:00.5", "-40"),
        ("month", "-1 years -14 mons -40 days -26:00:00.5", "-2"),
        ("quarter", "-1 years -14 mons -40 days -26:00:00.5", "1"),
        ("year", "-1 years -14 mons -40 days -26:00:00.5", "-2"),
        ("decade", "-1 years -14 mons -40 days -26:00:00.5", "0"),
        ("century", "-1 years -14 mons -40 days -26:00:00.5", "0"),
        ("millennium", "-1 years -14 mons -40 days -26:00:00.5", "0"),
        ("epoch", "-1 years -14 mons -40 days -26:00:00.5", "-71848800.500000"),
        ("microseconds", "26:00:00", "0"), ("milliseconds", "26:00:00", "0.000"),
        ("second", "26:00:00", "0.000000"), ("minute", "26:00:00", "0"),
        ("hour", "26:00:00", "26"), ("day", "26:00:00", "0"), ("month", "26:00:00", "0"),
        ("quarter", "26:00:00", "1"), ("year", "26:00:00", "0"), ("decade", "26:00:00", "0"),
        ("century", "26:00:00", "0"), ("millennium", "26:00:00", "0"),
        ("epoch", "26:00:00", "93600.000000"), ("microseconds", "13 years 100 mons", "0"),
        ("milliseconds", "13 years 100 mons", "0.000"),
        ("second", "13 years 100 mons", "0.000000"), ("minute", "13 years 100 mons", "0"),
        ("hour", "13 years 100 mons", "0"), ("day", "13 years 100 mons", "0"),
        ("month", "13 years 100 mons", "4"), ("quarter", "13 years 100 mons", "2"),
        ("year", "13 years 100 mons", "21"), ("decade", "13 years 100 mons", "2"),
        ("century", "13 years 100 mons", "0"), ("millennium", "13 years 100 mons", "0"),
        ("epoch", "13 years 100 mons", "673077600.000000"),
        ("microseconds", "-00:00:01.5", "-1500000"), ("milliseconds", "-00:00:01.5", "-1500.000"),
        ("second", "-00:00:01.5", "-1.500000"), ("minute", "-00:00:01.5", "0"),
        ("hour", "-00:00:01.5", "0"), ("day", "-00:00:01.5", "0"), ("month", "-00:00:01.5", "0"),
        ("quarter", "-00:00:01.5", "1"), ("year", "-00:00:01.5", "0"),
        ("decade", "-00:00:01.5", "0"), ("century", "-00:00:01.5", "0"),
        ("millennium", "-00:00:01.5", "0"), ("epoch", "-00:00:01.5", "-1.500000"),
    ]

    static let justified: [(String, String, String, String)] = [
        ("27 hours", "1 day 03:00:00", "27:00:00", "1 day 03:00:00"),
        ("35 days", "35 days", "1 mon 5 days", "1 mon 5 days"),
        ("1 month -1 hour", "1 mon -01:00:00", "1 mon -01:00:00", "29 days 23:00:00"),
        ("-27 hours", "-1 days -03:00:00", "-27:00:00", "-1 days -03:00:00"),
        ("1 day -25 hours", "-01:00:00", "1 day -25:00:00", "-01:00:00"),
        (
            "-35 days 40:00:00", "-33 days -08:00:00", "-1 mons -5 days +40:00:00",
            "-1 mons -3 days -08:00:00"
        ),
        ("1 mon -35 days", "1 mon -35 days", "-5 days", "-5 days"),
        ("-1 mons 1 day", "-1 mons +1 day", "-29 days", "-29 days"),
        ("60 days 48:00:00", "62 days", "2 mons 48:00:00", "2 mons 2 days"),
        ("00:00:00", "00:00:00", "00:00:00", "00:00:00"),
    ]
}
