-- A channel falls behind the others: its ROI is below 70 % of the average ROI of all channels.
CREATE OR REPLACE ALERT channel_underperform
WHEN avg(roi) < 0.7 * avg(avg(roi)) OVER ()
FROM campaigns
WHERE date > (SELECT max(date) FROM campaigns) - interval '30 days'
GROUP BY channel_used
SEVERITY medium
MESSAGE '{channel_used} underperforms: ROI {metric_value:.2f}, below 70 % of the average of all channels ({avg(avg(roi)) OVER ():.2f})'
ACTION 'Move budget to other channels';
