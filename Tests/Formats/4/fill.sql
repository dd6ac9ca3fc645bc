CREATE TABLE everything (
  id bigint PRIMARY KEY, b boolean, s smallint, i integer NOT NULL DEFAULT 7, r real, d double precision, n numeric(20,6), nn numeric,
  t text, v varchar(12), day date, clock time, ts timestamp, tz timestamptz, span interval, j json, jb jsonb, bytes bytea, u uuid,
  CONSTRAINT positive CHECK (id >= 0));
INSERT INTO everything (id, b, s, i, r, d, n, nn, t, v, day, clock, ts, tz, span, j, jb, bytes, u) VALUES
 (0, true, -32768, 2147483647, 1.5, 'NaN', 12345678901234.567891, 123456789012345678901234567890.5, 'plain', 'twelve chars', '2025-01-31', '12:34:56.789', '2025-02-28 23:59:59.999999', '2025-03-01 00:00:00+03', '1 month 2 days 03:04:05', '{"a": 1}', '{"b": [1, 2]}', '\x00ff10', '123e4567-e89b-12d3-a456-426614174000'),
 (1, false, 32767, -2147483648, -0.0, 'Infinity', -0.000001, -1, '', 'x', '1970-01-01', '00:00:00', '1969-12-31 23:59:59', '2000-01-01 00:00:00+00', '-1 day', 'null', '"text"', '\x', '00000000-0000-0000-0000-000000000000'),
 (2, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
 (3, true, 0, 1, 3.25, 4.9e-324, 0, 0.10, 'Привет, реклама', 'ok', '9999-12-31', '23:59:59.999999', '2024-02-29 12:00:00', '2024-07-01 12:00:00+00', '1 year', '[]', '{}', '\x01', 'ffffffff-ffff-ffff-ffff-ffffffffffff');
CREATE TABLE ads (ts timestamp NOT NULL, channel text NOT NULL, ad_id bigint NOT NULL, impressions bigint, clicks integer, spend double precision, revenue numeric(14,2), note text, PRIMARY KEY (ts, ad_id));
INSERT INTO ads SELECT TIMESTAMP '2025-01-01' + (i / 5) * INTERVAL '1 hour', CASE i % 5 WHEN 0 THEN 'google' WHEN 1 THEN 'meta' WHEN 2 THEN 'tiktok' WHEN 3 THEN 'telegram' ELSE 'yandex' END, 1000 + i % 5, (i * 7919) % 10007, (i * 31) % 97, ((i * 13) % 1000) / 100.0, ((i * 17) % 5000) / 100.0, CASE WHEN i % 11 = 0 THEN NULL ELSE 'note ' || i END FROM generate_series(0, 2999) g(i);
CHECKPOINT;
DELETE FROM ads WHERE ad_id = 1003 AND ts < '2025-01-05';
UPDATE ads SET spend = spend + 1 WHERE ad_id = 1001 AND ts < '2025-01-03';
CHECKPOINT;
CREATE TABLE restated (day date, campaign text, spend numeric(12,2), PRIMARY KEY (day, campaign)) WITH (restate = true);
INSERT INTO restated VALUES ('2025-01-01', 'a', 1.10), ('2025-01-01', 'b', 2.20), ('2025-01-01', 'a', 3.30);
CREATE VIEW by_channel AS SELECT channel, sum(spend) AS spend, sum(revenue) AS revenue FROM ads GROUP BY channel;
CREATE METRIC fixture_roas AS sum(revenue) / nullif(sum(spend), 0);
CREATE ALERT low_spend WHEN sum(spend) < 10 FROM ads GROUP BY channel SEVERITY high MESSAGE 'spend of {channel} is low';
ALTER TABLE ads ADD COLUMN country text;
INSERT INTO ads VALUES ('2025-02-01', 'google', 1, 10, 1, 0.5, 1.5, 'from the log', 'DE');
UPDATE ads SET clicks = 1000 WHERE ad_id = 1000 AND ts = '2025-01-01';
DELETE FROM ads WHERE ad_id = 1004 AND ts = '2025-01-02 00:00:00';
INSERT INTO restated VALUES ('2025-01-01', 'b', 9.90);
CREATE TABLE kept (ts timestamp NOT NULL, channel text NOT NULL, clicks bigint, spend numeric(12,2), ratio double precision, PRIMARY KEY (ts, channel)) WITH (time = 'ts', partition = '1 month', restate = true, history = '36500 days');
INSERT INTO kept SELECT TIMESTAMP '2025-01-01' + (i / 4) * INTERVAL '6 hours', CASE i % 4 WHEN 0 THEN 'google' WHEN 1 THEN 'meta' WHEN 2 THEN 'tiktok' ELSE 'yandex' END, (i * 7919) % 10007, ((i * 13) % 100000) / 100.0, i / 8.0 FROM generate_series(0, 1999) g(i);
CHECKPOINT;
INSERT INTO kept SELECT ts, channel, clicks + 1, spend * 1.1, ratio FROM kept WHERE ts >= '2025-04-20';
INSERT INTO kept SELECT * FROM kept WHERE ts >= '2025-05-01';
DELETE FROM kept WHERE channel = 'tiktok' AND ts < '2025-01-10';
CHECKPOINT;
UPDATE kept SET spend = spend + 0.01 WHERE channel = 'meta' AND ts < '2025-01-03';
BEGIN;
INSERT INTO kept VALUES ('2026-01-01', 'google', 1, 1.00, 0.1), ('2026-02-01', 'google', 2, 2.00, 0.2);
UPDATE kept SET clicks = 3 WHERE ts = '2026-01-01';
COMMIT;
ALTER TABLE kept ADD COLUMN country text DEFAULT 'DE';
ALTER TABLE kept RENAME COLUMN ratio TO share;
INSERT INTO kept VALUES ('2026-03-01', 'meta', 5, 5.00, 0.5, 'FR');
CREATE SCHEMA reports;
CREATE TABLE reports.daily (day date PRIMARY KEY, spend numeric(14,2));
INSERT INTO reports.daily SELECT ts::date, sum(spend) FROM kept GROUP BY 1;
CREATE VIEW reports.months AS SELECT date_trunc('month', day) AS month, sum(spend) AS spend FROM reports.daily GROUP BY 1;
CREATE METRIC cost_of_click ON kept AS sum(spend) / sum(clicks) FORMAT 'money USD 2' BETTER LOWER COMMENT 'What a click costs';
CREATE SEQUENCE reports.ticket START 1000 INCREMENT 5;
CREATE TABLE accounts (id serial PRIMARY KEY, name text NOT NULL UNIQUE, labels text[], limits int[]);
COMMENT ON TABLE accounts IS 'Who pays';
COMMENT ON COLUMN accounts.labels IS 'As the platform has them';
INSERT INTO accounts (name, labels, limits) VALUES ('north', '{retail,eu}', '{10,NULL,30}'), ('south', '{}', NULL), ('east', NULL, '{-1}');
CREATE TABLE bills (number int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account int REFERENCES accounts (id) ON DELETE CASCADE ON UPDATE CASCADE, ticket bigint DEFAULT nextval('reports.ticket'), amount numeric(12,2) CONSTRAINT positive CHECK (amount > 0));
INSERT INTO bills (account, amount) SELECT 1 + i % 3, 10 + i FROM generate_series(0, 99) g(i);
CREATE INDEX bills_by_account ON bills (account);
ALTER TABLE bills ADD CONSTRAINT one_ticket UNIQUE (ticket);
CHECKPOINT;
MERGE INTO accounts a USING (VALUES ('south', 'asia'), ('west', 'us')) v(name, label) ON a.name = v.name WHEN MATCHED THEN UPDATE SET labels = ARRAY[v.label] WHEN NOT MATCHED THEN INSERT (name, labels) VALUES (v.name, ARRAY[v.label]);
DELETE FROM accounts WHERE name = 'east';
UPDATE accounts SET id = 50 WHERE name = 'north';
INSERT INTO bills (account, amount) VALUES (50, 0.01);
CHECKPOINT;
INSERT INTO bills (account, amount) VALUES (NULL, 7), (2, 8);
INSERT INTO everything (id) VALUES (777);
INSERT INTO accounts (name, labels, limits) VALUES ('new', '{a,NULL}', '{2147483647}');
INSERT INTO everything (id, b, s, i, r, d, n, nn, t, v, day, clock, ts, tz, span, j, jb, bytes, u) VALUES (900, true, -1, 2, 0.5, -0.0, 1.5, 12345678901234567890.123, 'log', 'x', '2025-01-01', '10:00', '2025-01-01 10:00', '2025-01-01 10:00+02', '1 month 2 days 3 hours', '[1]', '{"b":2}', '\x00ff', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11');
COMMENT ON TABLE bills IS 'What they pay';
ALTER SEQUENCE reports.ticket INCREMENT 10;
INSERT INTO bills (account, amount) VALUES (4, 9);
CREATE TABLE wide (id int PRIMARY KEY, n numeric, p numeric(60,20), a numeric[], q numeric(50)[]);
INSERT INTO wide SELECT i, i * 1e50::numeric + 0.5, i * 1e30::numeric + 0.25, ARRAY[i * 1e45::numeric, 1.50], ARRAY[i] FROM generate_series(1, 2000) g(i);
INSERT INTO wide VALUES (3001, 1e-100, 0.00000000000000000001, '{1e-150,NULL}', NULL), (3002, 'NaN', -1e39, '{}', '{NULL}');
ALTER TABLE wide ADD COLUMN later numeric DEFAULT 12345678901234567890123456789012345678901234567890.50;
CHECKPOINT;
DELETE FROM wide WHERE id % 100 = 7;
INSERT INTO wide VALUES (4001, 9999999999999999999999999999999999999999999999999999999999999999999999999999, 9999999999999999999999999999999999999999, '{-1e75}', '{99999999999999999999999999999999999999999999999999}', 1e-1000);
INSERT INTO wide SELECT 5000 + i, -i * 1e60::numeric, -i * 1e35::numeric, ARRAY[-i * 1e60::numeric], NULL, i FROM generate_series(1, 20) g(i);
