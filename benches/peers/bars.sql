-- The registry rows of the persons in question become one table of bars: in a span of months, what a rule says
-- of lines under one form of the name. `e`: nothing was due; `k`: perhaps; `u`: a row of which nobody knows the
-- months.
--
-- Needs: lines, and the tables of registries.sql.

CREATE TEMP TABLE forms AS
SELECT DISTINCT key, form FROM lines SEMI JOIN registered USING (key);

-- The last sign of life under each name.
CREATE TEMP TABLE life AS
SELECT key, form, max(day) AS day, max(pension) AS pension
FROM (
  SELECT c.key, name_form(c.name) AS form, event_day(c.certified_on, c.key) AS day, NULL AS pension
  FROM reg_certifications c SEMI JOIN death_rows USING (key)
  UNION ALL
  SELECT key, form, start, NULL FROM custody_rows
  UNION ALL
  SELECT key, form, NULL, start FROM pension_rows WHERE class IN ('public', 'employee')
)
GROUP BY key, form;

CREATE TEMP TABLE death_bars AS
WITH deaths AS (
  SELECT f.key, f.form,
         bool_or(d.form = f.form AND verdict = 'revoked') AS own_revoked,
         bool_or(d.form <> f.form AND verdict = 'revoked') AS other_revoked,
         count(*) FILTER (WHERE d.form = f.form AND verdict IN ('dead', 'undecided')) AS own,
         count(*) FILTER (WHERE d.form <> f.form AND verdict IN ('dead', 'undecided')) AS other,
         min(day) FILTER (WHERE d.form = f.form AND verdict IN ('dead', 'undecided')) AS own_first,
         max(day) FILTER (WHERE d.form = f.form AND verdict IN ('dead', 'undecided')) AS own_last,
         min(day) FILTER (WHERE d.form <> f.form AND verdict IN ('dead', 'undecided')) AS other_first,
         coalesce(bool_or(d.form = f.form AND verdict = 'dead' AND NOT is_village AND day IS NOT NULL), false)
           AS proven
  FROM forms f JOIN death_rows d USING (key)
  GROUP BY f.key, f.form
), judged AS (
  SELECT d.*,
         other_revoked OR NOT proven OR coalesce(l.day > own_last, false)
           OR coalesce(l.pension > month_of(own_last), false) AS is_doubtful
  FROM deaths d LEFT JOIN life l ON l.key = d.key AND l.form = d.form
  WHERE NOT own_revoked
)
SELECT key, form, month_of(own_last) + 1 AS from_month, 999999 AS until_month, 'e' AS tier
FROM judged WHERE own_last IS NOT NULL AND NOT is_doubtful
UNION ALL
SELECT key, form, month_of(own_first) + 1, month_of(own_last) + 1, 'k'
FROM judged WHERE own_last IS NOT NULL AND NOT is_doubtful
UNION ALL
SELECT key, form, month_of(own_first) + 1, 999999, 'k' FROM judged WHERE own_last IS NOT NULL AND is_doubtful
UNION ALL
SELECT key, form, month_of(other_first) + 1, 999999, 'k' FROM judged WHERE other_first IS NOT NULL
UNION ALL
SELECT key, form, month_of(birth(key)), 999999, 'u'
FROM judged WHERE own + other > 0 AND own_first IS NULL AND other_first IS NULL;

CREATE TEMP TABLE pension_bars AS
SELECT f.key, f.form, CASE class WHEN 'public' THEN 'M-02' ELSE 'M-01' END AS rule,
       coalesce(p.start, month_of(birth(p.key))) AS from_month, p.until_month,
       CASE WHEN p.start IS NULL THEN 'u' WHEN p.is_certain AND p.form = f.form THEN 'e' ELSE 'k' END AS tier
FROM forms f JOIN pension_rows p USING (key);

-- Of the custody rows that cover a month the one that starts last decides it, among the rows under the name and
-- among all rows.
CREATE TEMP TABLE custody_months AS
WITH segments AS (
  SELECT key, form, start, from_month, until_month, verdict FROM custody_rows WHERE start IS NOT NULL
  UNION ALL
  SELECT key, form, earliest, month_of(earliest) + 1, least(from_month, until_month),
         CASE verdict WHEN 'nothing' THEN 'nothing' ELSE 'undecided' END
  FROM custody_rows WHERE earliest < start
), covered AS (
  SELECT f.key, f.form, s.form = f.form AS is_own, s.start, s.verdict,
         unnest(range(greatest(s.from_month, getvariable('first_month')),
                      least(s.until_month, getvariable('last_month') + 1))) AS month
  FROM forms f JOIN segments s USING (key)
), ranked AS (
  SELECT *, start = max(start) OVER (PARTITION BY key, form, month) AS is_last,
         is_own AND start = max(CASE WHEN is_own THEN start END) OVER (PARTITION BY key, form, month) AS is_last_own
  FROM covered
), released AS (
  SELECT f.key, f.form, max(until_month) AS any_until, max(until_month) FILTER (WHERE r.form = f.form) AS own_until
  FROM forms f JOIN custody_rows r USING (key) WHERE r.start IS NULL AND r.verdict = 'nothing'
  GROUP BY f.key, f.form
), decided AS (
  SELECT r.key, r.form, r.month,
         CASE
           WHEN bool_and(verdict = 'bars') FILTER (WHERE is_last)
             THEN CASE WHEN max(any_until) > r.month THEN 'undecided' ELSE 'bars' END
           WHEN bool_and(verdict = 'nothing') FILTER (WHERE is_last) THEN 'nothing' ELSE 'undecided'
         END AS says,
         CASE
           WHEN NOT bool_or(is_own) THEN 'nothing'
           WHEN bool_and(verdict = 'bars') FILTER (WHERE is_last_own)
             THEN CASE WHEN max(own_until) > r.month THEN 'undecided' ELSE 'bars' END
           WHEN bool_and(verdict = 'nothing') FILTER (WHERE is_last_own) THEN 'nothing' ELSE 'undecided'
         END AS own_says
  FROM ranked r LEFT JOIN released l ON l.key = r.key AND l.form = r.form
  GROUP BY r.key, r.form, r.month
)
SELECT key, form, month, CASE WHEN says = 'bars' AND own_says = 'bars' THEN 'e' ELSE 'k' END AS tier
FROM decided WHERE says <> 'nothing' OR own_says <> 'nothing'
UNION ALL
SELECT u.key, u.form, u.month, 'u'
FROM (
  SELECT f.key, f.form, r.form = f.form AS is_own,
         unnest(range(greatest(month_of(birth(r.key)), getvariable('first_month')),
                      least(r.until_month, getvariable('last_month') + 1))) AS month
  FROM forms f JOIN custody_rows r USING (key) WHERE r.start IS NULL AND r.verdict <> 'nothing'
) u
WHERE NOT EXISTS (
  SELECT 1 FROM covered c
  WHERE c.key = u.key AND c.form = u.form AND c.month = u.month AND (c.is_own OR NOT u.is_own));

CREATE TEMP TABLE bars AS
SELECT * FROM (
  SELECT key, form, 'D-01' AS rule, from_month, until_month, tier FROM death_bars
  UNION ALL SELECT key, form, rule, from_month, until_month, tier FROM pension_bars
  UNION ALL SELECT key, form, 'P-01', month, month + 1, tier FROM custody_months
)
WHERE from_month < until_month
  AND from_month <= getvariable('last_month') AND until_month > getvariable('first_month');
