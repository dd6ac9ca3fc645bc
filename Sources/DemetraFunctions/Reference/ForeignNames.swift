/// What other databases call functions, and how the same is written here: for the hint of an unknown name.
///
/// A maintainer who meets a habit that is missed adds its name, in lower case, and what to write instead.
package enum ForeignNames {
    /// What to write instead, as a hint; nil for a name that no other database is known for.
    package static func hint(for name: String) -> String? {
        written[name].map { "Write \($0)." }
    }

    private static let written: [String: String] = {
        var all = choices.merging(texts) { $1 }.merging(times) { $1 }.merging(aggregates) { $1 }
            .merging(collections) { $1 }
        for part in ["year", "quarter", "month", "week", "day", "hour", "minute", "second"] {
            all[part] = "extract(\(part) FROM time)"
            all["to\(part)"] = "extract(\(part) FROM time)"
            all["add\(part)s"] = "time + interval '1 \(part)' * n"
            all["tostartof\(part)"] = "date_trunc('\(part)', time)"
        }
        return all
    }()

    private static let choices = [
        "ifnull": "coalesce(value, other)", "nvl": "coalesce(value, other)",
        "isnull": "value IS NULL, or coalesce(value, other)", "zeroifnull": "coalesce(value, 0)",
        "nullifzero": "nullif(value, 0)", "if": "CASE WHEN condition THEN value ELSE other END",
        "iif": "CASE WHEN condition THEN value ELSE other END",
        "multiif": "CASE WHEN condition THEN value ... ELSE other END",

        "safe_divide": "a / nullif(b, 0)", "try_cast": "CAST(value AS type)",
        "tostring": "value::text", "toint64": "value::bigint", "toint32": "value::integer",
        "tofloat64": "value::double precision", "todate": "value::date",
        "todatetime": "value::timestamp", "typeof": "pg_typeof(value)", "rand": "random()",
        "truncate": "trunc(number, places)", "sqr": "number ^ 2", "isnan": "value = 'NaN'",
    ]

    private static let texts = [
        "instr": "strpos(text, part)", "locate": "strpos(text, part)",
        "charindex": "strpos(text, part)", "ucase": "upper(text)", "lcase": "lower(text)",
        "len": "length(text)", "strlen": "length(text)", "contains": "strpos(text, part) > 0",
        "ends_with": "text LIKE '%end'", "endswith": "text LIKE '%end'",
        "startswith": "starts_with(text, begin)", "substring_index": "split_part(text, sign, n)",
        "string_split": "string_to_array(text, sign)", "str_split": "string_to_array(text, sign)",
        "split": "string_to_array(text, sign)", "splitbychar": "string_to_array(text, sign)",
        "regexp_extract": "substring(text FROM pattern)",
        "regexp_extract_all": "regexp_matches(text, pattern, 'g')",
        "regexp_contains": "text ~ pattern", "regexp_matches_any": "text ~ pattern",
        "match": "text ~ pattern", "replaceall": "replace(text, old, new)",
        "hex": "encode(bytes, 'hex')", "unhex": "decode(text, 'hex')",
        "to_base64": "encode(bytes, 'base64')", "base64": "encode(bytes, 'base64')",
        "from_base64": "decode(text, 'base64')", "printf": "format('%s', value)",
    ]

    private static let times = [
        "date_format": "to_char(time, 'YYYY-MM-DD')", "strftime": "to_char(time, 'YYYY-MM-DD')",
        "format_date": "to_char(time, 'YYYY-MM-DD')",
        "formatdatetime": "to_char(time, 'YYYY-MM-DD')",
        "strptime": "to_timestamp(text, 'YYYY-MM-DD HH24:MI')",
        "str_to_date": "to_date(text, 'YYYY-MM-DD')", "parse_date": "to_date(text, 'YYYY-MM-DD')",
        "datediff": "end - begin, which is days for dates",
        "date_diff": "end - begin, which is days for dates",
        "timestampdiff": "extract(epoch FROM end - begin) for seconds",
        "timestamp_diff": "extract(epoch FROM end - begin) for seconds",
        "date_add": "time + interval '1 day'", "dateadd": "time + interval '1 day'",
        "date_sub": "time - interval '1 day'", "adddate": "time + interval '1 day'",
        "timestamp_trunc": "date_trunc('day', time)", "datetrunc": "date_trunc('day', time)",
        "trunc_date": "date_trunc('day', time)",
        "last_day": "date_trunc('month', day) + interval '1 month -1 day'",
        "eomonth": "date_trunc('month', day) + interval '1 month -1 day'",
        "getdate": "now()", "sysdate": "now()", "today": "CURRENT_DATE", "curdate": "CURRENT_DATE",
        "yesterday": "CURRENT_DATE - 1",
        "dayofweek": "extract(isodow FROM day)", "todayofweek": "extract(isodow FROM day)",
        "weekday": "extract(isodow FROM day)", "dayofyear": "extract(doy FROM day)",
        "dayname": "to_char(day, 'Day')", "monthname": "to_char(day, 'Month')",
        "toyyyymm": "to_char(day, 'YYYYMM')", "tomonday": "date_trunc('week', day)",
        "from_unixtime": "to_timestamp(seconds)", "unix_timestamp": "extract(epoch FROM time)",
        "epoch": "extract(epoch FROM time)", "tounixtimestamp": "extract(epoch FROM time)",
        "epoch_ms": "to_timestamp(milliseconds / 1000.0)",
        "tostartofinterval": "time_bucket(interval '15 minutes', time)",
        "tostartoffifteenminutes": "time_bucket(interval '15 minutes', time)",
    ]

    private static let aggregates = [
        "max_by": "arg_max(value, order)", "min_by": "arg_min(value, order)",
        "argmax": "arg_max(value, order)", "argmin": "arg_min(value, order)",
        "approx_count_distinct": "count(DISTINCT value)", "uniq": "count(DISTINCT value)",
        "uniqexact": "count(DISTINCT value)", "approx_distinct": "count(DISTINCT value)",
        "countif": "count_if(condition)", "sumif": "sum(value) FILTER (WHERE condition)",
        "avgif": "avg(value) FILTER (WHERE condition)",
        "group_concat": "string_agg(text, ',')", "listagg": "string_agg(text, ',')",
        "grouparray": "array_agg(value)", "collect_list": "array_agg(value)",
        "list": "array_agg(value)", "collect_set": "array_agg(DISTINCT value)",
        "groupuniqarray": "array_agg(DISTINCT value)",
        "quantile": "percentile_cont(0.5) WITHIN GROUP (ORDER BY value)",
        "quantile_cont": "percentile_cont(0.5) WITHIN GROUP (ORDER BY value)",
        "quantile_disc": "percentile_disc(0.5) WITHIN GROUP (ORDER BY value)",
        "approx_quantile": "percentile_cont(0.5) WITHIN GROUP (ORDER BY value)",
        "approx_percentile": "percentile_cont(0.5) WITHIN GROUP (ORDER BY value)",
        "percentile": "percentile_cont(0.5) WITHIN GROUP (ORDER BY value)",
        "std": "stddev(value)", "stddevpop": "stddev_pop(value)", "varpop": "var_pop(value)",
        "logical_and": "bool_and(condition)", "logical_or": "bool_or(condition)",
        "any": "any_value(value)", "anylast": "last(value, order)", "mean": "avg(value)",
        "ratio_to_report": "value / sum(value) OVER ()",
    ]

    private static let collections = [
        "list_value": "ARRAY[...]", "array_contains": "value = ANY (array)",
        "list_contains": "value = ANY (array)", "has": "value = ANY (array)",
        "array_size": "cardinality(array)", "arrayjoin": "unnest(array)",
        "explode": "unnest(array)", "array_join": "array_to_string(array, ',')",
        "array_sort": "ARRAY(SELECT x FROM unnest(array) AS t(x) ORDER BY x)",
        "list_sort": "ARRAY(SELECT x FROM unnest(array) AS t(x) ORDER BY x)",
        "array_distinct": "ARRAY(SELECT DISTINCT x FROM unnest(array) AS t(x))",
        "json_extract": "json -> 'key'", "json_extract_string": "json ->> 'key'",
        "jsonextractstring": "json ->> 'key'",
        "json_value": "jsonb_path_query_first(json, '$.key')",
        "json_query": "jsonb_path_query(json, '$.key')",
        "json_exists": "jsonb_path_exists(json, '$.key')",
        "json_path_query": "jsonb_path_query(json::jsonb, '$.key')",
        "range": "generate_series(first, last)", "sequence": "generate_series(first, last)",
        "numbers": "generate_series(0, n - 1)",
    ]
}
