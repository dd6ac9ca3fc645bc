-- People turn away from a campaign: engagement score below 3 (of 10) in the newest 24 hours of data.
CREATE OR REPLACE ALERT engagement_drop
WHEN engagement_score < 3
FROM campaigns
WHERE greatest(date, updated_at) > (SELECT max(greatest(date, updated_at)) FROM campaigns) - interval '24 hours'
SEVERITY low
MESSAGE 'Engagement score fell to {engagement_score:.1f} for {channel_used}, campaign {campaign_id}'
ACTION 'Improve the creatives';
