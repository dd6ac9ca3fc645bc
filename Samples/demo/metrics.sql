-- ROAS, ROI, CTR and their kin are built in. These are the house's own. A metric is an expression over sums, so
-- a ratio is right at every grain it is asked for; where there is nothing to divide by, it is NULL.
CREATE METRIC order_value ON ad_metrics AS sum(revenue) / sum(conversions)
    FORMAT 'number 2' BETTER HIGHER COMMENT 'Revenue of a conversion';
CREATE METRIC view_rate ON ad_metrics AS sum(video_views) / sum(impressions)
    FORMAT 'percent 2' BETTER HIGHER COMMENT 'Video views per impression';
CREATE METRIC spend_share_of_mobile ON ad_metrics AS sum(spend) FILTER (WHERE device = 'mobile') / sum(spend)
    FORMAT 'percent 1' BETTER NEUTRAL COMMENT 'Part of the spend that goes to phones';
