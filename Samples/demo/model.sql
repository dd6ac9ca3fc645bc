-- What a campaign will return, learned from finished ones: only what is known before a campaign runs.
CREATE MODEL roi FROM (
    SELECT campaign_id, campaign_goal, target_audience, duration, channel_used, location, language,
           customer_segment, acquisition_cost, date, roi
    FROM social_ads
) TARGET roi ID campaign_id TIME date GROUP channel_used;
