-- A campaign converts too few clicks: below 5 % in the newest 24 hours of data.
CREATE OR REPLACE ALERT low_conversion
WHEN conversion_rate < 0.05
FROM campaigns
WHERE greatest(date, updated_at) > (SELECT max(greatest(date, updated_at)) FROM campaigns) - interval '24 hours'
SEVERITY medium
MESSAGE 'Conversion rate fell to {conversion_rate:.1%} for {channel_used}, campaign {campaign_id}'
ACTION 'Optimize the campaign';
