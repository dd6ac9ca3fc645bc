-- The tables of the demo database.

-- The canonical facts: one row is one day of one ad on one device. A platform restates its last days;
-- the key makes a restated row take the place of the old one.
CREATE TABLE ad_metrics (
    ts timestamp NOT NULL,
    platform text NOT NULL,
    account_id text NOT NULL,
    campaign_id text NOT NULL,
    campaign_name text,
    adgroup_id text NOT NULL DEFAULT '',
    adgroup_name text,
    ad_id text NOT NULL DEFAULT '',
    ad_name text,
    country text NOT NULL DEFAULT '',
    device text NOT NULL DEFAULT '',
    placement text NOT NULL DEFAULT '',
    currency text NOT NULL,
    impressions bigint NOT NULL,
    reach bigint,
    clicks bigint,
    spend numeric(20,6),
    conversions numeric(20,6),
    revenue numeric(20,6),
    video_views bigint,
    engagement bigint,
    PRIMARY KEY (platform, account_id, ts, campaign_id, adgroup_id, ad_id, country, device, placement)
);

-- One row a campaign, as it stood at the last sync: its figures are those of the last whole day.
CREATE TABLE campaigns (
    id integer PRIMARY KEY,
    campaign_id varchar(50) NOT NULL UNIQUE,
    target_audience text,
    campaign_goal text,
    duration integer,
    channel_used text NOT NULL,
    conversion_rate double precision,
    acquisition_cost numeric(12,2),
    roi double precision,
    location text,
    language text,
    clicks integer,
    impressions integer,
    engagement_score double precision,
    customer_segment text,
    date date,
    created_at timestamp DEFAULT now(),
    updated_at timestamp
);

-- What may be spent: scope is a channel or 'total', period is 'day' or 'month'.
CREATE TABLE budgets (
    scope text NOT NULL,
    period text NOT NULL,
    amount numeric(12,2) NOT NULL,
    PRIMARY KEY (scope, period)
);

-- Past campaigns in the shape of the public "Social Media Advertising" data set.
CREATE TABLE social_ads (
    campaign_id bigint PRIMARY KEY,
    target_audience text,
    campaign_goal text,
    duration text,
    channel_used text,
    conversion_rate double precision,
    acquisition_cost numeric(18,2),
    roi double precision,
    location text,
    language text,
    clicks bigint,
    impressions bigint,
    engagement_score bigint,
    customer_segment text,
    date date,
    company text
);
