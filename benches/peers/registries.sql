-- What each registry row says.
--
-- Needs: reg_deaths, reg_custody, reg_pensions, reg_certifications with a key, an ISO day in every day column and
-- a month number in from_month and until_month.

CREATE TEMP TABLE death_rows AS
SELECT key, form, verdict, holds(source, '村报告|村委|行政村|村级|村组|村民小组|社区报告|居委')
         AS is_village,
       CASE WHEN died IS NOT NULL AND (bound IS NULL OR died <= bound) THEN died ELSE bound END AS day
FROM (
  SELECT key, replace(name_form(name), '*', '') AS form, source,
         event_day(death_date, key) AS died,
         least(event_day(cremated_on, key), event_day(registered_on, key)) AS bound,
         CASE
           WHEN coalesce(reason, '') = '' THEN CASE
             WHEN holds(source, '村报告|村委|行政村|村级|村组|村民小组|社区报告|居委') THEN 'dead'
             WHEN holds(source, '公安|户籍') THEN 'undecided'
             ELSE 'dead' END
           WHEN holds(reason, '撤销死亡|恢复户口|误注销|误登记|健在') THEN 'revoked'
           WHEN holds(reason, '未死亡|非死亡|疑似死亡') THEN 'undecided'
           WHEN holds(reason, '重户|双户口|虚假户口|迁出|参军') THEN 'nothing'
           WHEN holds(reason, '丧失国籍|出国定居|出境定居|出国.境.定居|出国境定居') THEN 'undecided'
           WHEN holds(reason, '死亡|病故|火化|去世') THEN 'dead'
           ELSE 'undecided'
         END AS verdict
  FROM reg_deaths
  WHERE key IS NOT NULL AND (registered_on IS NULL OR registered_on <= getvariable('as_of'))
);

CREATE TEMP TABLE custody_rows AS
SELECT key, form, verdict, start, earliest,
       month_of(start) + 1 AS from_month,
       coalesce(month_of(end_day) + 1, 999999) AS until_month
FROM (
  SELECT key, replace(name_form(name), '*', '') AS form,
         coalesce(released, term_to) AS end_day,
         coalesce(first_day, greatest(detained, sentenced, effective)) AS start,
         CASE WHEN first_day IS NULL THEN least(detained, sentenced, effective) END AS earliest,
         CASE
           WHEN holds(concat_ws(' ', sentence, enforcement),
                    '缓刑|假释|暂予监外|监外执行|保外就医|社区矫正|管制|单处罚金|剥夺政治权利|免予刑事处罚|不起诉|无罪') THEN 'nothing'
           WHEN holds(sentence, '无期徒刑|死缓|死刑缓期|拘役|有期徒刑|死刑') AND CASE
                  WHEN holds(enforcement, '未收监|不予收监|暂不收监|待收监') THEN false
                  WHEN holds(enforcement, '监狱|看守所|收监|服刑|在押') THEN true
                  ELSE admitted IS NOT NULL OR (holds(source, '监狱|看守所|收监|服刑|在押') AND NOT holds(source, '社区')) END
           THEN CASE
             WHEN released IS NULL AND term_to IS NULL
                  AND coalesce(first_day, detained, sentenced, effective) IS NOT NULL
                  AND NOT holds(sentence, '无期徒刑|死缓|死刑缓期') THEN 'undecided'
             ELSE 'bars' END
           ELSE 'undecided'
         END AS verdict
  FROM (
    SELECT key, name, sentence, enforcement, source, term_to,
           event_day(released_on, key) AS released, event_day(admitted_on, key) AS admitted,
           event_day(detained_on, key) AS detained, event_day(sentenced_on, key) AS sentenced,
           event_day(effective_on, key) AS effective,
           coalesce(event_day(status_from, key), event_day(term_from, key), event_day(admitted_on, key)) AS first_day
    FROM reg_custody WHERE key IS NOT NULL
  )
);

CREATE TEMP TABLE pension_rows AS
SELECT key, form, class, start, coalesce(until_month + 1, 999999) AS until_month,
       CASE
         WHEN class = 'unclassified' OR start IS NULL OR monthly = 0 THEN false
         WHEN coalesce(status, '') = '' THEN true
         WHEN holds(status, '暂停|停止|停发|未发放|待发放|不在领|非正常|不正常') THEN false
         WHEN holds(status, '终止') THEN until_month IS NOT NULL
         ELSE holds(status, '正常|在领|发放')
       END AS is_certain
FROM (
  SELECT key, replace(name_form(name), '*', '') AS form, until_month, monthly, status,
         CASE WHEN from_month >= month_of(birth(key)) THEN from_month END AS start,
         CASE
           WHEN holds(words, '遗属|供养|工伤|失业|医疗|生育|一次性|被征地|村干部|优抚|高龄津贴|低保|特困|计生') THEN 'none'
           WHEN holds(words, '机关事业|离休') THEN 'public'
           WHEN holds(words, '职工') THEN 'employee'
           ELSE 'unclassified'
         END AS class
  FROM (SELECT *, scheme || coalesce(benefit, '') AS words FROM reg_pensions WHERE key IS NOT NULL)
)
WHERE class <> 'none';

CREATE TEMP TABLE registered AS
SELECT key FROM death_rows UNION SELECT key FROM custody_rows UNION SELECT key FROM pension_rows;
