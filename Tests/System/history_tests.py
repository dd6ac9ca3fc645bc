"""AS OF and changes() through the program: every state that a table went through can be asked for again.

`Tests/run history --seed N` begins elsewhere; `--rows N` sets the size of the loads.
"""

import argparse
import random

from program import ProgramTests, main
from wire import ServerError


class HistoryTests(ProgramTests):
    def setUp(self):
        super().setUp()
        self.random = random.Random(self.arguments.seed)

    @staticmethod
    def rows(connection, text):
        return [list(row) for row in connection.rows(text)]

    def states(self, connection, steps):
        """Carries out steps, and gives the time and the rows after each of them."""
        states = []
        for step in steps:
            connection.query(step)
            time = self.rows(connection, 
                "SELECT max(commit_time)::text FROM changes('a', NULL, NULL)")[0][0]
            states.append((time, self.rows(connection, "SELECT * FROM a ORDER BY day, ad")))
        return states

    def steps(self):
        rows = self.arguments.rows
        load = ("INSERT INTO a SELECT date '2026-01-01' + n % 60, n / 60, n % 97, 'name ' || n % 7 "
                f"FROM generate_series({{}}, {{}}) s(n)")
        yield load.format(0, rows - 1)
        for _ in range(6):
            first = self.random.randrange(rows)
            last = first + self.random.choice([1, 50, rows // 3])
            yield self.random.choice([
                f"UPDATE a SET spend = spend + 1 WHERE ad BETWEEN {first // 60} AND {last // 60}",
                f"DELETE FROM a WHERE ad % 50 = {self.random.randrange(50)}",
                load.format(first, last).replace("n % 97", f"n % {self.random.randrange(90, 99)}"),
                load.format(rows + first, rows + last),
            ])
        yield load.format(rows, 2 * rows)
        yield "TRUNCATE a"
        yield load.format(0, 100)

    def check(self, connection, states):
        for time, rows in states:
            past = f"a AS OF TIMESTAMPTZ '{time}'"
            self.assertEqual(
                self.rows(connection, f"SELECT * FROM {past} ORDER BY day, ad"), rows, time)
            self.assertEqual(self.rows(connection, f"SELECT count(*) FROM {past}"), [[str(len(rows))]])
            days = [row[0] for row in rows]
            self.assertEqual(
                self.rows(connection, f"SELECT min(day), max(day) FROM {past} z"),
                [[min(days, default=None), max(days, default=None)]])
            some = [row for row in rows if row[0] == "2026-01-09" and int(row[2]) > 40]
            self.assertEqual(
                self.rows(connection, f"SELECT * FROM {past} WHERE day = '2026-01-09' AND spend > 40 "
                                "ORDER BY ad"), some)
        (first, before), (last, after) = states[0], states[-1]
        joined = self.rows(connection, 
            f"SELECT count(*) FROM a AS OF TIMESTAMPTZ '{first}' o JOIN a AS OF TIMESTAMPTZ "
            f"'{last}' n USING (day, ad)")
        keys = {tuple(row[:2]) for row in before} & {tuple(row[:2]) for row in after}
        self.assertEqual(joined, [[str(len(keys))]])

    def check_changes(self, connection, states):
        """The changes between two states make the one of the other."""
        for (start, before), (end, after) in zip(states, states[1:]):
            state = {tuple(row[:2]): row for row in before}
            for kind, day, ad, spend, name, old in self.rows(connection, 
                    "SELECT kind, day, ad, new_spend, new_name, old_spend FROM changes('a', "
                    f"'{start}', '{end}') ORDER BY commit_sequence"):
                key = (day, ad)
                self.assertEqual(key in state, kind != "insert", (kind, key))
                if kind != "insert":
                    self.assertEqual(state[key][2], old)
                    del state[key]
                if kind != "delete":
                    state[key] = [day, ad, spend, name]
            self.assertEqual(sorted(state.values()), sorted(after), (start, end))

    def test_every_state_of_a_table_can_be_asked_for_again(self):
        with self.serving() as server, server.connect() as connection:
            connection.query("SET timezone = 'UTC'")
            connection.query(
                "CREATE TABLE a (day date, ad bigint, spend bigint, name text, "
                "PRIMARY KEY (day, ad)) WITH (history = '90 days', restate = true)")
            states = self.states(connection, self.steps())
            self.check(connection, states)
            self.check_changes(connection, states)
        with self.serving() as server, server.connect() as connection:
            connection.query("SET timezone = 'UTC'")
            self.check(connection, states)
            self.check_changes(connection, states)
            # The present definition over old rows.
            connection.query("ALTER TABLE a ADD COLUMN clicks integer")
            time, rows = states[2]
            self.assertEqual(
                self.rows(connection, f"SELECT * FROM a AS OF TIMESTAMPTZ '{time}' ORDER BY day, ad"),
                [row + [None] for row in rows])

    def test_what_is_older_than_the_history_is_refused_and_says_from_when_on_it_is_not(self):
        with self.serving() as server, server.connect() as connection:
            connection.query("SET timezone = 'UTC'")
            connection.query("CREATE TABLE a (k integer PRIMARY KEY, v integer) "
                             "WITH (history = '1 day')")
            connection.query("INSERT INTO a VALUES (1, 1)")
            with self.assertRaises(ServerError) as refused:
                connection.query("SELECT * FROM a AS OF now() - INTERVAL '2 days'")
            self.assertEqual(refused.exception.state, "72000")
            detail = refused.exception.fields["D"]
            self.assertTrue(
                detail.startswith("The earliest time that can be asked for is 20"), detail)
            time = detail.removeprefix("The earliest time that can be asked for is ")
            self.assertEqual(
                self.rows(connection, f"SELECT count(*) FROM a AS OF '{time.rstrip('.')}'"), [["0"]])

    def test_a_consumer_that_goes_on_from_the_last_commit_misses_and_repeats_nothing(self):
        with self.serving() as server, server.connect() as connection:
            connection.query("CREATE TABLE a (k integer PRIMARY KEY, v integer) "
                             "WITH (history = '1 day', restate = true)")
            since, seen = "NULL", []
            for number in range(30):
                connection.query(f"INSERT INTO a VALUES ({number % 7}, {number})")
                if number % 3 == 0:
                    rows = self.rows(connection, 
                        f"SELECT new_v, commit_time::text FROM changes('a', {since}, NULL) "
                        "ORDER BY commit_sequence")
                    seen += [int(row[0]) for row in rows]
                    since = f"TIMESTAMPTZ '{rows[-1][1]}'"
            self.assertEqual(seen, list(range(28)))


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=int, default=70_000)
    return parser


if __name__ == "__main__":
    main(parse_arguments())
