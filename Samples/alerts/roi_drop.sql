-- A campaign earns too little: return on investment below 1.5 in the newest 24 hours of data.
CREATE OR REPLACE ALERT roi_drop
WHEN roi < 1.5
FROM campaigns
WHERE greatest(date, updated_at) > (SELECT max(greatest(date, updated_at)) FROM campaigns) - interval '24 hours'
SEVERITY high
MESSAGE 'ROI dropped to {roi:.2f} for {channel_used}, campaign {campaign_id}'
ACTION 'Notify at once';
