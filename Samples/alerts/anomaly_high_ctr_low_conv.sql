-- Many click, few buy: click-through rate above 15 % with a conversion rate below 5 %, which points at the
-- landing page. Its alerts have the short type `anomaly`.
CREATE OR REPLACE ALERT anomaly_high_ctr_low_conv
WHEN clicks::double precision / nullif(impressions, 0) > 0.15 AND conversion_rate < 0.05
FROM campaigns
WHERE greatest(date, updated_at) > (SELECT max(greatest(date, updated_at)) FROM campaigns) - interval '24 hours'
SEVERITY high
TYPE 'anomaly'
MESSAGE 'High CTR ({metric_value:.1%}) but low conversion ({conversion_rate:.1%}) for {channel_used}, campaign {campaign_id}'
ACTION 'Check the landing page';
