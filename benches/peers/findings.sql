-- From the payment lines of the persons in question (`lines`) and the bars to claims and leads.
--
-- Needs: lines(n, key, month, months, name, kind, status, basic, addition, account_own, other, money, total,
-- total_only, paid, account, batch, and the form, class and state that are read from the words).

CREATE TEMP TABLE several AS
SELECT key, month FROM lines GROUP BY key, month HAVING count(*) > 1;

-- A returned line or a reversal undoes the latest paid line of the same person, months and amounts.
CREATE TEMP TABLE undoing AS
SELECT *, row_number() OVER (
         PARTITION BY key, month, months, abs(basic), abs(addition), abs(account_own), abs(other)
         ORDER BY CASE class WHEN 'returned' THEN 0 ELSE 1 END, n) AS turn
FROM lines
WHERE class IN ('reversal', 'returned') OR (class IN ('normal', 'arrears') AND state <> 'not_paid' AND money < 0);

CREATE TEMP TABLE undone AS
WITH undoable AS (
  SELECT *, row_number() OVER (
           PARTITION BY key, month, months, abs(basic), abs(addition), abs(account_own), abs(other)
           ORDER BY paid DESC NULLS FIRST, money, basic, addition, account_own, other, account DESC, n DESC) AS turn
  FROM lines SEMI JOIN undoing USING (key, month)
  WHERE class IN ('normal', 'arrears') AND state <> 'not_paid' AND money >= 0
)
SELECT u.n AS undoing_n, p.n AS paid_n
FROM undoing u JOIN undoable p
  ON u.key = p.key AND u.month = p.month AND u.months = p.months AND u.turn = p.turn
 AND abs(u.basic) = abs(p.basic) AND abs(u.addition) = abs(p.addition)
 AND abs(u.account_own) = abs(p.account_own) AND abs(u.other) = abs(p.other);

CREATE TEMP VIEW net AS
SELECT * FROM lines
WHERE class IN ('normal', 'arrears') AND state <> 'not_paid' AND money >= 0
  AND n NOT IN (SELECT paid_n FROM undone);

-- Of the lines equal in everything, all but the first.
CREATE TEMP TABLE twins AS
SELECT n FROM net SEMI JOIN several USING (key, month)
QUALIFY row_number() OVER (
  PARTITION BY key, month, months, name, kind, status, basic, addition, account_own, other, total, total_only, paid,
               account, batch
  ORDER BY n) > 1;

-- The months in which a reversal found nothing to undo.
CREATE TEMP TABLE unmatched AS
SELECT key, month, months FROM undoing WHERE class <> 'returned' AND n NOT IN (SELECT undoing_n FROM undone);

-- Components as bits: 1 basic, 2 addition, 4 account, 8 other. What an earlier normal line of the month had paid.
CREATE TEMP TABLE repeated AS
WITH single AS (
  SELECT *, (basic > 0)::INT + 2 * (addition > 0)::INT + 4 * (account_own > 0)::INT + 8 * (other > 0)::INT AS bits,
         row_number() OVER (
           PARTITION BY key, month
           ORDER BY paid NULLS LAST, money DESC, basic DESC, addition DESC, account_own DESC, other DESC,
                    account, n) AS turn
  FROM net SEMI JOIN several USING (key, month)
  WHERE class = 'normal' AND months = 1
), compared AS (
  SELECT l.n, max(l.bits) AS bits,
         coalesce(bit_or(e.bits) FILTER (
           WHERE e.form = l.form AND l.form <> '*' AND e.total_only = l.total_only AND e.state = 'paid'), 0) AS sure,
         bit_or(e.bits) AS possible,
         bool_or(e.total_only <> l.total_only) AS total_meets_components
  FROM single l JOIN single e ON e.key = l.key AND e.month = l.month AND e.turn < l.turn
  GROUP BY l.n
)
SELECT n, bits & sure AS claimed,
       CASE WHEN total_meets_components THEN bits ELSE bits & possible END - (bits & sure) AS doubtful
FROM compared;

-- One row for each line and rule: a hit, or a lead with its share of the line's months.
CREATE TEMP TABLE verdicts AS
WITH each_month AS (
  SELECT n, key, form, month FROM net WHERE months = 1
  UNION ALL
  SELECT n, key, form, unnest(range(month, month + months)) FROM net WHERE months > 1
), of_month AS (
  SELECT n, rule, month, bool_or(tier = 'e') AS e, bool_or(tier <> 'u') AS k
  FROM each_month l JOIN bars b
    ON b.key = l.key AND b.form = l.form AND month >= from_month AND month < until_month
  WHERE month BETWEEN getvariable('first_month') AND getvariable('last_month')
  GROUP BY n, rule, month
), by_rule AS (
  SELECT n, rule, CASE WHEN rule IN ('D-01', 'P-01') THEN 15 ELSE 3 END AS bits,
         count(*) FILTER (WHERE e) AS e, count(*) FILTER (WHERE k) AS k, count(*) FILTER (WHERE NOT k) AS u
  FROM of_month GROUP BY n, rule
), doubted AS (
  SELECT n FROM twins
  UNION
  SELECT p.n FROM net p JOIN unmatched u
    ON u.key = p.key AND u.month < p.month + p.months AND p.month < u.month + u.months
), barred AS (
  SELECT l.n, rule, e = l.months AS is_hit,
         CASE WHEN l.total_only AND bits <> 15 THEN 8 ELSE bits END AS bits,
         (l.total_only AND bits <> 15) OR (e < l.months AND u > 0) AS is_unknown,
         CASE WHEN e = l.months OR k = 0 THEN 1 ELSE k END AS part,
         CASE WHEN e = l.months OR k = 0 THEN 1 ELSE l.months END AS whole,
         d.n IS NOT NULL OR state = 'unknown' OR least(basic, addition, account_own, other) < 0
           OR (l.total_only AND bits <> 15) AS is_doubtful
  FROM by_rule b JOIN net l ON l.n = b.n LEFT JOIN doubted d ON d.n = b.n
  WHERE e < l.months OR l.total_only OR basic <> 0 OR addition <> 0 OR (bits = 15 AND (account_own <> 0 OR other <> 0))
), twice AS (
  SELECT r.n, r.claimed, r.doubtful,
         d.n IS NOT NULL OR state = 'unknown' OR least(basic, addition, account_own, other) < 0 AS is_doubtful
  FROM repeated r JOIN net l ON l.n = r.n LEFT JOIN doubted d ON d.n = r.n
  WHERE l.month BETWEEN getvariable('first_month') AND getvariable('last_month')
)
SELECT n, rule, is_hit AND NOT is_doubtful AS is_claim, bits, is_unknown, part, whole FROM barred
UNION ALL
SELECT n, 'M-05', true, claimed, false, 1, 1 FROM twice WHERE claimed <> 0 AND NOT is_doubtful
UNION ALL
SELECT n, 'M-05', false, CASE WHEN is_doubtful THEN claimed | doubtful ELSE doubtful END, false, 1, 1
FROM twice WHERE doubtful <> 0 OR (is_doubtful AND claimed <> 0);

-- A fen is claimed once: the union of what the rules return goes to the first of them.
CREATE TEMP TABLE claimed_lines AS
SELECT * FROM (
  SELECT l.n, l.key, v.precedence, v.bits,
         CASE WHEN v.bits & 1 > 0 THEN basic ELSE 0 END + CASE WHEN v.bits & 2 > 0 THEN addition ELSE 0 END
         + CASE WHEN v.bits & 4 > 0 THEN account_own ELSE 0 END + CASE WHEN v.bits & 8 > 0 THEN other ELSE 0 END AS fen
  FROM (
    SELECT n, bit_or(bits) AS bits,
           min(CASE rule WHEN 'D-01' THEN 10 WHEN 'P-01' THEN 20 WHEN 'M-01' THEN 30 WHEN 'M-02' THEN 31
                         ELSE 40 END) AS precedence
    FROM verdicts WHERE is_claim GROUP BY n
  ) v JOIN net l ON l.n = v.n
) WHERE fen <> 0;

CREATE TEMP TABLE claims AS
SELECT key, case_type, CAST(sum(fen) AS BIGINT) AS due_fen
FROM (
  SELECT key, fen, CASE precedence WHEN 10 THEN 'post_death' WHEN 20 THEN 'in_custody'
                                   WHEN 40 THEN 'repeated_payment' ELSE 'dual_pension' END AS case_type
  FROM claimed_lines
)
GROUP BY key, case_type;

-- The potential of a lead is what it would add to the claim, in proportion to the months in question.
CREATE TEMP TABLE leads AS
SELECT key, rule, CAST(sum(fen) FILTER (WHERE NOT is_unknown) AS BIGINT) AS potential_fen,
       bool_or(is_unknown) AS has_unknown
FROM (
  SELECT l.key, v.rule, v.is_unknown,
         (CASE WHEN more & 1 > 0 THEN basic ELSE 0 END + CASE WHEN more & 2 > 0 THEN addition ELSE 0 END
          + CASE WHEN more & 4 > 0 THEN account_own ELSE 0 END + CASE WHEN more & 8 > 0 THEN other ELSE 0 END)
         * part // whole AS fen
  FROM (
    SELECT v.n, v.rule, v.is_unknown, v.part, v.whole, v.bits - (v.bits & coalesce(c.bits, 0)) AS more
    FROM verdicts v LEFT JOIN claimed_lines c ON c.n = v.n WHERE NOT v.is_claim
  ) v JOIN net l ON l.n = v.n
)
WHERE fen > 0 GROUP BY key, rule;
