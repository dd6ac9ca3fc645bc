"""Alerts of the whole program: what a check has committed is there after kill -9, and no alert is doubled.

`Tests/run alerts`.
"""

import threading

from program import ProgramTests, Server, main
from wire import ServerError

RULE = """
CREATE ALERT low WHEN min(v) < 10 FROM t GROUP BY k SEVERITY high MESSAGE 'group {k} fell to {min(v)}'
"""


class AlertsTests(ProgramTests):
    def test_alerts_survive_kill_in_the_middle_of_checks(self):
        self.sql("CREATE TABLE t (k integer PRIMARY KEY, v integer)")
        self.sql("INSERT INTO t SELECT n, 50 FROM generate_series(1, 300) AS s(n)")
        self.sql(RULE)
        low = set()
        for cycle in range(12):
            # Each cycle breaks some groups and mends others while the server is killed.
            low ^= set(range(1 + cycle * 7, 120, cycle + 3))
            keys = ", ".join(map(str, sorted(low))) or "0"
            self.sql(f"UPDATE t SET v = CASE WHEN k IN ({keys}) THEN 5 ELSE 50 END")
            server = Server(self.database)
            checked = threading.Event()
            thread = threading.Thread(target=self.check_until_killed, args=(server, checked))
            thread.start()
            if cycle % 3:
                checked.wait(60)
            server.kill()
            thread.join()
            server.process.stdout.close()
            server.process.stderr.close()
            with self.subTest(cycle=cycle):
                # At most one open alert for a group, and each check is there whole or not at all.
                self.assertEqual(self.scalar(
                    "SELECT count(*) - count(DISTINCT fingerprint) FROM alerts WHERE state = 'firing'"
                ), "0")
                self.assertEqual(self.scalar(
                    "SELECT count(*) - count(DISTINCT id) FROM alerts"), "0")
                if checked.is_set():
                    self.assertEqual(self.open_groups(), low)
                self.sql("CHECK ALERTS")
                self.assertEqual(self.open_groups(), low)

    def check_until_killed(self, server, checked):
        try:
            with server.connect() as connection:
                while True:
                    connection.query("CHECK ALERTS")
                    checked.set()
        except (OSError, ServerError):
            pass

    def open_groups(self):
        rows = self.sql("SELECT channel FROM alerts WHERE state = 'firing'").splitlines()[1:]
        return set(map(int, rows))

    def test_a_rule_on_a_missing_table_is_refused_and_leaves_nothing(self):
        errors = self.sql(
            "CREATE ALERT a WHEN x > 1 FROM nowhere SEVERITY high MESSAGE 'm'", status=1)
        self.assertIn("42P01", errors)
        self.assertIn('relation "nowhere" does not exist', errors)
        self.assertEqual(self.sql("SHOW ALERTS").splitlines(), ["name,severity,condition"])


if __name__ == "__main__":
    main()
