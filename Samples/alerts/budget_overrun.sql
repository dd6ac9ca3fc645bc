-- Money runs out: more than 90 % of a budget is spent in its current period. `budgets.scope` is a platform or
-- 'total'; `budgets.period` is 'day', 'week' or 'month', and the current one is that of the newest data.
CREATE OR REPLACE ALERT budget_overrun
WHEN sum(spent.spend) > 0.9 * max(budgets.amount)
FROM (
    SELECT platform, date_trunc('day', ts) AS day, sum(spend) AS spend
    FROM ad_metrics
    WHERE ts > (SELECT max(ts) FROM ad_metrics) - interval '1 month'
    GROUP BY platform, date_trunc('day', ts)
) AS spent
JOIN budgets ON budgets.scope = spent.platform OR budgets.scope = 'total'
WHERE spent.day >= date_trunc(budgets.period, (SELECT max(ts) FROM ad_metrics))
GROUP BY budgets.scope, budgets.period
SEVERITY critical
MESSAGE '{scope} has spent {metric_value:,.2f} of its budget of {max(budgets.amount):,.2f} for the {period}'
ACTION 'Stop the campaign';
