-- The lines of the persons in question, by an integer key: whom a registry names, or who has a month in more
-- lines than one. A bit for each month of a person is the cheap way to see that: bits that are all different add up
-- to their union.

CREATE TEMP TABLE wanted AS
SELECT key FROM registered
UNION
SELECT key FROM payments
WHERE months = 1 AND key <> 0 AND month BETWEEN getvariable('first_month') AND getvariable('last_month')
GROUP BY key
HAVING sum(month_bit(month)) > bit_or(month_bit(month));

CREATE TEMP TABLE lines AS
SELECT *, name_form(name) AS form, kind_of(kind) AS class, state_of(status) AS state,
       basic + addition + account_own + other AS money
FROM (
  SELECT (CAST(file AS BIGINT) << 32) | row AS n, key, month, months, name, kind, status,
         coalesce(basic, 0) AS basic, coalesce(addition, 0) AS addition, coalesce(account_own, 0) AS account_own,
         CASE WHEN coalesce(basic, addition, account_own) IS NULL THEN total ELSE 0 END AS other, total,
         coalesce(basic, addition, account_own) IS NULL AS total_only, paid, account, batch
  FROM payments SEMI JOIN wanted USING (key)
  WHERE key <> 0
);
