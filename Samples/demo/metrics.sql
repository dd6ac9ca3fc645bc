-- Metrics are expressions over sums, so a ratio is right at every grain it is asked for. Where nothing was
-- spent or shown, the ratio is NULL: nobody knows it.
CREATE METRIC roas AS sum(revenue) / nullif(sum(spend), 0);
CREATE METRIC roi AS (sum(revenue) - sum(spend)) / nullif(sum(spend), 0);
CREATE METRIC ctr AS sum(clicks)::double precision / nullif(sum(impressions), 0);
CREATE METRIC cpc AS sum(spend) / nullif(sum(clicks), 0);
CREATE METRIC cpm AS 1000 * sum(spend) / nullif(sum(impressions), 0);
CREATE METRIC cpa AS sum(spend) / nullif(sum(conversions), 0);
CREATE METRIC cpl AS sum(spend) / nullif(sum(conversions), 0);
CREATE METRIC cr AS sum(conversions) / nullif(sum(clicks), 0);
CREATE METRIC engagement_rate AS sum(engagement)::double precision / nullif(sum(impressions), 0);
