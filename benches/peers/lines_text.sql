-- The lines of the persons in question, by ID numbers as text. Texts are grouped and joined as they stand; a
-- person whose number is also written in another way is taken in every writing.

CREATE TEMP TABLE wanted AS
WITH several AS (
  SELECT id FROM payments
  WHERE length(month) = 6
    AND month_of_text(month) BETWEEN getvariable('first_month') AND getvariable('last_month')
  GROUP BY id
  HAVING sum(month_bit(month_of_text(month))) > bit_or(month_bit(month_of_text(month)))
      OR length(id) <> 18 OR ends_with(id, 'x')
), keys AS (
  SELECT key FROM registered
  UNION
  SELECT raw_key(id) FROM several WHERE raw_key(id) IS NOT NULL
), spelled AS (
  SELECT key, CAST(key AS VARCHAR) AS digits, check_character(CAST(key AS VARCHAR)) AS last
  FROM keys WHERE is_born(key)
)
SELECT key, digits || last AS id FROM spelled
UNION ALL
SELECT key, digits || 'x' FROM spelled WHERE last = 'X'
UNION ALL
SELECT key, substr(digits, 1, 6) || substr(digits, 9) FROM spelled
WHERE substr(digits, 7, 2) = '19' AND substr(digits, 15, 3) < '996';

CREATE TEMP TABLE chosen AS
SELECT payments.*, wanted.key FROM payments JOIN wanted ON wanted.id = payments.id;

CREATE TEMP TABLE lines AS
SELECT *, name_form(name) AS form, kind_of(kind) AS class, state_of(status) AS state,
       basic + addition + account_own + other AS money
FROM (
  SELECT rowid AS n, key, month_of_text(month) AS month,
         CASE WHEN length(month) > 6 THEN month_of_text(right(month, 6)) - month_of_text(month) + 1 ELSE 1 END
           AS months,
         name, kind, status,
         coalesce(fen_of(basic), 0) AS basic, coalesce(fen_of(addition), 0) AS addition,
         coalesce(fen_of(account_own), 0) AS account_own,
         CASE WHEN coalesce(basic, addition, account_own) IS NULL THEN fen_of(total) ELSE 0 END AS other,
         fen_of(total) AS total, coalesce(basic, addition, account_own) IS NULL AS total_only, paid, account,
         batch
  FROM chosen
)
WHERE key IS NOT NULL;
