-- What the statements share: how an ID number, a name, a month and a word are read. An author of SQL writes
-- such macros once; the days are DATE already, because whoever loads a registry into a database types them.

-- The check character that belongs to 17 digits.
CREATE TEMP MACRO check_character(digits) AS substr('10X98765432', 1 + (
      7 * (ascii(substr(digits, 1, 1)) - 48)  + 9 * (ascii(substr(digits, 2, 1)) - 48)
  + 10 * (ascii(substr(digits, 3, 1)) - 48)   + 5 * (ascii(substr(digits, 4, 1)) - 48)
  + 8 * (ascii(substr(digits, 5, 1)) - 48)    + 4 * (ascii(substr(digits, 6, 1)) - 48)
  + 2 * (ascii(substr(digits, 7, 1)) - 48)    + 1 * (ascii(substr(digits, 8, 1)) - 48)
  + 6 * (ascii(substr(digits, 9, 1)) - 48)    + 3 * (ascii(substr(digits, 10, 1)) - 48)
  + 7 * (ascii(substr(digits, 11, 1)) - 48)   + 9 * (ascii(substr(digits, 12, 1)) - 48)
  + 10 * (ascii(substr(digits, 13, 1)) - 48)  + 5 * (ascii(substr(digits, 14, 1)) - 48)
  + 8 * (ascii(substr(digits, 15, 1)) - 48)   + 4 * (ascii(substr(digits, 16, 1)) - 48)
  + 2 * (ascii(substr(digits, 17, 1)) - 48)) % 11, 1);

-- The 17 digits of a number as it is written, right or wrong; NULL where it is none. A number of the 15-digit
-- generation gets its century; orders 996 to 999 meant centenarians there and are ambiguous.
CREATE TEMP MACRO raw_key(text) AS CASE
  WHEN length(text) = 18 THEN TRY_CAST(substr(text, 1, 17) AS BIGINT)
  WHEN length(text) = 15 AND substr(text, 13, 3) < '996'
    THEN TRY_CAST(substr(text, 1, 6) || '19' || substr(text, 7, 9) AS BIGINT)
END;

-- Whether the digits hold a birth date up to the audit's day.
CREATE TEMP MACRO is_born(key) AS coalesce(
  CAST(try_strptime(CAST(key // 1000 % 100000000 AS VARCHAR), '%Y%m%d') AS DATE) <= getvariable('as_of'), false);

-- The key of a usable number: its check character and its birth date are right.
CREATE TEMP MACRO usable_key(text) AS CASE
  WHEN raw_key(text) IS NOT NULL AND is_born(raw_key(text))
   AND (length(text) = 15 OR upper(substr(text, 18, 1)) = check_character(substr(text, 1, 17)))
  THEN raw_key(text)
END;

CREATE TEMP MACRO birth(key) AS
  make_date(key // 10000000 % 10000, key // 100000 % 100, key // 1000 % 100);

-- The form in which two names are compared; an empty name, written *, agrees with none.
CREATE TEMP MACRO name_form(name) AS CASE
  WHEN regexp_full_match(name, '[一-鿿]+') THEN name
  ELSE coalesce(nullif(regexp_replace(translate(name, '•‧・･．.', '······'), '[\s　]', '', 'g'), ''), '*')
END;

-- Months are counted from the year 0.
CREATE TEMP MACRO month_of(day) AS year(day) * 12 + month(day) - 1;
CREATE TEMP MACRO month_of_text(text) AS
  CAST(substr(text, 1, 4) AS INTEGER) * 12 + CAST(substr(text, 5, 2) AS INTEGER) - 1;

-- A bit for a month of the period, which may have 62 months; a longer one needs a HUGEINT.
CREATE TEMP MACRO month_bit(month) AS CAST(1 AS BIGINT) << (month - getvariable('first_month'));

-- A stated day that can be an event of the person's life as of the audit's day.
CREATE TEMP MACRO event_day(day, key) AS
  CASE WHEN day BETWEEN birth(key) AND getvariable('as_of') AND day <> DATE '1900-01-01' THEN day END;

CREATE TEMP MACRO holds(text, words) AS regexp_matches(coalesce(text, ''), words);

CREATE TEMP MACRO kind_of(word) AS CASE
  WHEN word = '正常' THEN 'normal'
  WHEN holds(word, '重发') THEN 'normal'
  WHEN holds(word, '退票|银行退回') THEN 'returned'
  WHEN holds(word, '冲销') THEN 'reversal'
  WHEN holds(word, '扣回|抵扣') THEN 'money_back'
  WHEN holds(word, '补发') THEN 'arrears'
  WHEN holds(word, '正常') OR coalesce(word, '') = '' THEN 'normal'
  ELSE 'arrears'
END;

CREATE TEMP MACRO state_of(word) AS CASE
  WHEN word = '成功' THEN 'paid'
  WHEN holds(word, '失败|退票|未发|未成功|不成功|未到账') THEN 'not_paid'
  WHEN holds(word, '成功|已到账') OR coalesce(word, '') = '' THEN 'paid'
  ELSE 'unknown'
END;
