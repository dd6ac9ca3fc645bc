"""Metrics with the real program: what is known of one outlives restarts, kills and backups."""

from program import ProgramTests, main, run

DEFINITION = (
    "CREATE METRIC people ON ads AS sum(reach) / count(*) FORMAT 'number 1' UNIT 'people' "
    "BETTER HIGHER COMMENT 'each ''day''' NON ADDITIVE OVER TIME NON ADDITIVE OVER (channel)")
KEPT = "SELECT * FROM demetra_metrics WHERE NOT is_built_in ORDER BY name"


class MetricsTests(ProgramTests):
    def setUp(self):
        super().setUp()
        self.sql(
            "CREATE TABLE ads (day date NOT NULL, channel text, reach integer); "
            "INSERT INTO ads VALUES ('2026-03-01', 'meta', 40), ('2026-03-02', 'meta', 60);"
            f"{DEFINITION}; CREATE METRIC twice AS 2 * people")
        self.known = self.kept(self.database)
        self.assertIn("each 'day'", self.known)

    def kept(self, path):
        outcome = run(path, "--format", "csv", "-c", KEPT)
        self.assertEqual(outcome.status, 0, outcome)
        return outcome.output

    def test_a_metric_is_the_same_after_a_checkpoint_and_a_restart(self):
        self.sql("CHECKPOINT")
        self.assertEqual(self.kept(self.database), self.known)
        self.assertEqual(
            self.scalar("SELECT twice::int FROM ads WHERE day = '2026-03-02'"), "120")
        outcome = run(self.database, "-c", "SELECT people FROM ads")
        self.assertIn("42803", outcome.errors)

    def test_a_change_that_was_answered_survives_a_kill(self):
        with self.serving() as server:
            with server.connect() as session:
                session.query("ALTER METRIC people SET UNIT 'persons', RESET COMMENT")
                session.query("ALTER METRIC twice RENAME TO doubled")
                session.query("BEGIN")
                session.query("DROP METRIC doubled")
            server.kill()
        kept = self.kept(self.database)
        self.assertIn("persons", kept)
        self.assertIn("doubled", kept)
        self.assertNotIn("each 'day'", kept)

    def test_a_backup_holds_all_that_is_known_of_a_metric(self):
        copy = self.folder / "copy.demetra"
        self.sql(f"BACKUP DATABASE TO '{copy}'")
        self.sql("DROP METRIC people CASCADE")
        self.assertEqual(self.kept(copy), self.known)
        self.assertEqual(run("check", copy).status, 0)

    def test_a_metric_of_the_wire_is_a_metric(self):
        with self.serving() as server, server.connect() as session:
            session.query("CREATE METRIC best AS max(reach)")
            self.assertEqual(
                session.rows("SELECT channel, best FROM ads GROUP BY channel"), [("meta", "60")])


if __name__ == "__main__":
    main()
