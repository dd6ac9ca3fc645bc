-- A campaign costs too much: more than $600 in the newest 24 hours of data.
CREATE OR REPLACE ALERT cost_spike
WHEN acquisition_cost > 600
FROM campaigns
WHERE greatest(date, updated_at) > (SELECT max(greatest(date, updated_at)) FROM campaigns) - interval '24 hours'
SEVERITY medium
MESSAGE 'Cost rose to ${acquisition_cost:,.2f} for {channel_used}, campaign {campaign_id}'
ACTION 'Check the budget';
