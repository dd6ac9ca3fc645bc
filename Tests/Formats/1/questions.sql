SELECT * FROM everything ORDER BY id;
SELECT count(*), sum(impressions), sum(clicks), sum(spend), sum(revenue), count(note), min(note), max(note), count(country) FROM ads;
SELECT ad_id, count(*), sum(clicks), round(sum(spend)::numeric, 2) AS spend, sum(revenue) FROM ads GROUP BY ad_id ORDER BY ad_id;
SELECT ts, ad_id, impressions, clicks, spend, revenue, note, country FROM ads WHERE ts >= '2025-01-24 20:00:00' OR ts < '2025-01-01 02:00:00' ORDER BY ts, ad_id;
SELECT * FROM restated ORDER BY day, campaign;
SELECT channel, round(spend::numeric, 2) AS spend, revenue FROM by_channel ORDER BY channel;
SELECT channel, round(fixture_roas::numeric, 4) AS roas FROM ads GROUP BY channel ORDER BY channel;
SELECT name, severity FROM alert_rules ORDER BY name;
