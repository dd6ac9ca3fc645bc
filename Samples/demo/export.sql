-- social_ads as the public data set writes it: its header, and costs as $1,234.00.
COPY (
    SELECT campaign_id AS "Campaign_ID", target_audience AS "Target_Audience",
           campaign_goal AS "Campaign_Goal", duration AS "Duration", channel_used AS "Channel_Used",
           conversion_rate AS "Conversion_Rate",
           '$' || CASE
               WHEN acquisition_cost >= 1000
               THEN floor(acquisition_cost / 1000)::int || ',' || lpad((acquisition_cost % 1000)::text, 6, '0')
               ELSE acquisition_cost::text
           END AS "Acquisition_Cost",
           roi AS "ROI", location AS "Location", language AS "Language", clicks AS "Clicks",
           impressions AS "Impressions", engagement_score AS "Engagement_Score",
           customer_segment AS "Customer_Segment", date AS "Date", company AS "Company"
    FROM social_ads
    ORDER BY campaign_id
) TO STDOUT WITH (FORMAT csv, HEADER);
