"""Metrics with the real program: what is known of one outlives restarts, kills and backups, and no join multiplies
one. `DEMETRA_SEED` gives another start of the random joins."""

import os
import random

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


class RandomJoin:
    """Three small tables, with unique columns or without, and joins of them in any shape."""

    def __init__(self, chance):
        self.chance = chance

    def tables(self):
        """Statements that make them, with a sum, a count and a mean of each."""
        for table in "abc":
            is_unique = self.chance.random() < 0.5
            count = self.chance.randint(0, 7)
            keys = (self.chance.sample(range(8), count) if is_unique
                    else [self.chance.choice(["0", "1", "2", "NULL"]) for _ in range(count)])
            rows = [
                f"({number}, {key}, {self.chance.choice(['0', '1', 'NULL'])}, "
                f"{self.chance.choice(['1', '2', '5', 'NULL'])})" for number, key in enumerate(keys)]
            yield f"DROP TABLE IF EXISTS {table} CASCADE"
            unique = " UNIQUE" if is_unique else ""
            yield f"CREATE TABLE {table} (id int PRIMARY KEY, k int{unique}, g int, v int)"
            if rows:
                yield f"INSERT INTO {table} VALUES {', '.join(rows)}"
            yield f"CREATE METRIC sum_{table} ON {table} AS sum(v)"
            yield f"CREATE METRIC count_{table} ON {table} AS count(*)"
            yield f"CREATE METRIC mean_{table} ON {table} AS avg(coalesce(v, 100))"

    def _condition(self, left, right):
        a, b = self.chance.choice(left), self.chance.choice(right)
        parts = [self.chance.choice([
            f"{a}.k = {b}.k", f"{a}.id = {b}.id", f"{a}.k = {b}.id", f"{a}.g = {b}.g", f"{a}.v < {b}.v",
            f"{b}.k = {self.chance.randint(0, 2)}", f"{a}.id = {self.chance.randint(0, 2)}"])]
        # What an outer join says of one side alone binds nothing.
        for side in (left, right):
            if len(side) > 1 and self.chance.random() < 0.4:
                parts.append(f"{side[0]}.k = {side[1]}.{self.chance.choice(['k', 'id'])}")
        return " AND ".join(parts)

    def _join(self, tables):
        if len(tables) == 1:
            return tables[0]
        border = self.chance.randint(1, len(tables) - 1)
        left, right = tables[:border], tables[border:]
        kind = self.chance.choice(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN"])
        text = f"({self._join(left)}) {kind} ({self._join(right)})".replace("(a)", "a")
        text = text.replace("(b)", "b").replace("(c)", "c")
        return text if kind == "CROSS JOIN" else f"{text} ON {self._condition(left, right)}"

    def questions(self):
        """What metrics say, and what the distinct rows of their table say in their place."""
        tables = self.chance.sample("abc", self.chance.choice([2, 3]))
        source = self._join(tables) + self.chance.choice(
            ["", "", f" WHERE {tables[0]}.k = {tables[1]}.id", f" WHERE {tables[1]}.g = 1",
             f" WHERE {tables[0]}.k IN (SELECT k FROM {tables[1]})"])
        table = self.chance.choice(tables)
        group = self.chance.choice([None, f"{self.chance.choice(tables)}.g"])
        key, by, by_key = (
            (f"{group} AS key, ", f" GROUP BY {group}", " GROUP BY key") if group else ("", "", ""))
        return (
            f"SELECT {key}sum_{table}, count_{table}, round(mean_{table}, 6) FROM {source}{by}",
            f"SELECT {'key, ' if group else ''}sum(v), count(id), "
            "round(avg(CASE WHEN id IS NOT NULL THEN coalesce(v, 100) END), 6) "
            f"FROM (SELECT DISTINCT {key}{table}.id, {table}.v FROM {source}) AS t{by_key}")


class JoinTests(ProgramTests):
    def test_no_join_multiplies_a_metric(self):
        seed = int(os.environ.get("DEMETRA_SEED", 2026))
        joins = RandomJoin(random.Random(seed))
        count = 0
        with self.serving() as server, server.connect() as session:
            for _ in range(40):
                for statement in joins.tables():
                    session.query(statement)
                for _ in range(10):
                    asked, expected = joins.questions()
                    self.assertEqual(
                        sorted(session.rows(asked), key=str), sorted(session.rows(expected), key=str),
                        f"DEMETRA_SEED={seed}: {asked}")
                    count += 1
        self.assertEqual(count, 400)


if __name__ == "__main__":
    main()
