"""The demonstration: what it promises to hold, that it is the same everywhere, and that alerts find its incident."""

from program import ROOT, ProgramTests, main, run

TODAY = "2026-11-25"

# What `--rows 20000 --seed 42 --today 2026-11-25` gives, on every machine.
FINGERPRINT = (
    "SELECT count(*) AS n, sum(impressions) AS i, sum(clicks) AS c, sum(spend) AS s,"
    " sum(conversions) AS v, sum(revenue) AS r, sum(engagement) AS e FROM ad_metrics")
RULES = {
    "anomaly", "budget_overrun", "channel_underperform", "cost_spike", "engagement_drop",
    "low_conversion", "roi_drop"}


class DemoTests(ProgramTests):
    def demo(self, *options, path=None):
        outcome = run("demo", path or self.database, *options)
        self.assertEqual(outcome.status, 0, outcome)
        return outcome

    def test_it_holds_exactly_the_rows_asked_for(self):
        for rows in (1_000, 1_037, 20_000):
            with self.subTest(rows=rows):
                self.demo("--rows", rows, path=self.folder / f"{rows}.demetra")
                outcome = run(
                    self.folder / f"{rows}.demetra", "--format", "csv", "-c",
                    "SELECT count(*) AS n FROM ad_metrics")
                self.assertEqual(outcome.output, f"n\n{rows}\n", outcome)

    def test_the_same_seed_gives_the_same_rows_and_another_seed_others(self):
        answers = []
        for number, seed in enumerate((7, 7, 8)):
            self.database = self.folder / f"{number}.demetra"
            self.demo("--rows", 5_000, "--seed", seed, "--today", TODAY)
            answers.append(self.sql(FINGERPRINT) + self.sql("SELECT * FROM campaigns ORDER BY id"))
        self.assertEqual(answers[0], answers[1])
        self.assertNotEqual(answers[0], answers[2])

    def test_the_data_end_the_day_before_today(self):
        self.demo("--rows", 2_000, "--today", TODAY)
        self.assertEqual(self.scalar("SELECT max(ts)::date FROM ad_metrics"), "2026-11-24")
        self.assertEqual(self.scalar("SELECT max(updated_at) FROM campaigns"), "2026-11-25 00:00:00")

    def test_campaigns_carry_the_figures_of_the_last_day(self):
        self.demo("--rows", 5_000, "--today", TODAY)
        self.assertEqual(
            self.sql("SELECT campaign_id, acquisition_cost AS cost, clicks FROM campaigns ORDER BY 1"),
            self.sql("SELECT campaign_id, sum(spend)::numeric(12,2) AS cost, sum(clicks) AS clicks"
                     " FROM ad_metrics WHERE ts = '2026-11-24' GROUP BY campaign_id ORDER BY 1"))

    def test_alerts_of_all_seven_rules_find_the_incident_and_nothing_else(self):
        for number, options in enumerate((
                [], ["--seed", 1], ["--rows", 5_000, "--seed", 3, "--today", "2026-02-01"],
                ["--rows", 30_000, "--seed", 9, "--today", "2026-07-19"])):
            with self.subTest(options=options):
                self.database = self.folder / f"{number}.demetra"
                self.demo(*options)
                kinds = self.sql("SELECT DISTINCT alert_type AS kind FROM alerts").splitlines()[1:]
                self.assertEqual(set(kinds), RULES)
                self.assertEqual(self.sql("SELECT DISTINCT channel AS c FROM alerts"), "c\ntiktok\n")

    def test_figures_are_possible(self):
        self.demo("--rows", 20_000)
        self.assertEqual(self.scalar(
            "SELECT count(*) FROM ad_metrics WHERE clicks > impressions OR conversions > clicks"
            " OR reach > impressions OR spend <= 0 OR revenue < 0"), "0")

    def test_a_database_that_holds_something_is_left_alone(self):
        self.sql("CREATE TABLE mine (a int); INSERT INTO mine VALUES (1)")
        outcome = run("demo", self.database)
        self.assertEqual(outcome.status, 1, outcome)
        self.assertIn("55000", outcome.errors)
        self.assertIn('"mine"', outcome.errors)
        self.assertEqual(self.sql("SHOW tables"), "name,type\nmine,table\n")

    def test_a_directory_of_other_things_is_left_alone(self):
        (self.folder / "letters").mkdir()
        (self.folder / "letters" / "a.txt").write_text("dear")
        outcome = run("demo", self.folder / "letters")
        self.assertEqual(outcome.status, 1, outcome)
        self.assertEqual([path.name for path in (self.folder / "letters").iterdir()], ["a.txt"])

    def test_numbers_that_make_no_sense_are_refused(self):
        for options in (["--rows", 10], ["--rows", "many"], ["--today", "2026-13-01"]):
            with self.subTest(options=options):
                self.assertNotEqual(run("demo", self.database, *options).status, 0)

    def test_a_file_as_a_platform_writes_it_comes_back_with_the_same_sums(self):
        self.demo("--rows", 2_000)
        written = run(self.database, "-f", ROOT / "Samples/demo/export.sql")
        self.assertEqual(written.status, 0, written.errors)
        self.assertIn("Acquisition_Cost", written.output)
        self.assertIn('"$', written.output)
        file = self.file("Social_Media_Advertising.csv", written.output)
        outcome = run("import", self.database, "again", file)
        self.assertEqual(outcome.status, 0, outcome)
        sums = "SELECT count(*), sum(acquisition_cost), min(date), max(company) FROM "
        self.assertEqual(self.sql(sums + "again"), self.sql(sums + "social_ads"))


if __name__ == "__main__":
    main()
