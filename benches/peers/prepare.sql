-- Loads the generated registries and payments once, the way a database would hold them; not measured.
--
-- Needs: macros.sql; the registries as UTF-8 text in {peers}; file_rows, the payment files with their numbers.

CREATE TEMP VIEW csv_deaths AS SELECT * FROM read_csv('{peers}/deaths.csv', all_varchar = true, header = true);
CREATE TEMP VIEW csv_custody AS SELECT * FROM read_csv('{peers}/custody.csv', all_varchar = true, header = true);
CREATE TEMP VIEW csv_pensions AS SELECT * FROM read_csv('{peers}/pensions.csv', all_varchar = true, header = true);
CREATE TEMP VIEW csv_certifications AS
SELECT * FROM read_csv('{peers}/certifications.csv', all_varchar = true, header = true);

CREATE TEMP MACRO day_of(text) AS coalesce(
  TRY_CAST(try_strptime(trim(text), '%Y%m%d') AS DATE), TRY_CAST(try_strptime(trim(text), '%Y-%m-%d') AS DATE),
  TRY_CAST(try_strptime(trim(text), '%Y/%m/%d') AS DATE), TRY_CAST(try_strptime(trim(text), '%Y年%m月%d日') AS DATE));

CREATE TEMP TABLE reg_deaths AS
SELECT 公民身份号码 AS id, 姓名 AS name, day_of(死亡日期) AS death_date, day_of(火化日期) AS cremated_on,
       day_of(注销日期) AS registered_on, 注销原因 AS reason, 数据来源 AS source FROM csv_deaths;

CREATE TEMP TABLE reg_custody AS
SELECT 身份证号码 AS id, 姓名 AS name, day_of(状态起始日期) AS status_from, day_of(羁押日期) AS detained_on,
       day_of(判决日期) AS sentenced_on, day_of(生效日期) AS effective_on, day_of(收监日期) AS admitted_on,
       day_of(刑期起) AS term_from, day_of(刑期止) AS term_to, day_of(释放日期) AS released_on,
       刑罚种类 AS sentence, 执行方式 AS enforcement, 数据来源 AS source FROM csv_custody;

CREATE TEMP TABLE reg_pensions AS
SELECT 社会保障号码 AS id, 姓名 AS name, 险种 AS scheme, 待遇类别 AS benefit,
       month_of_text(待遇开始年月) AS from_month, month_of_text(待遇终止年月) AS until_month,
       CAST(CAST(月待遇 AS DECIMAL(18, 2)) * 100 AS BIGINT) AS monthly, 待遇状态 AS status FROM csv_pensions;

CREATE TEMP TABLE reg_certifications AS
SELECT 证件号码 AS id, 姓名 AS name, day_of(认证日期) AS certified_on FROM csv_certifications;

COPY reg_deaths TO '{peers}/deaths_text.parquet';
COPY reg_custody TO '{peers}/custody_text.parquet';
COPY reg_pensions TO '{peers}/pensions_text.parquet';
COPY reg_certifications TO '{peers}/certifications_text.parquet';
COPY (SELECT usable_key(id) AS key, * EXCLUDE (id) FROM reg_deaths) TO '{peers}/deaths_keyed.parquet';
COPY (SELECT usable_key(id) AS key, * EXCLUDE (id) FROM reg_custody) TO '{peers}/custody_keyed.parquet';
COPY (SELECT usable_key(id) AS key, * EXCLUDE (id) FROM reg_pensions) TO '{peers}/pensions_keyed.parquet';
COPY (SELECT usable_key(id) AS key, * EXCLUDE (id) FROM reg_certifications)
  TO '{peers}/certifications_keyed.parquet';

COPY (
  SELECT coalesce(usable_key(id), 0) AS key, month_of_text(month) AS month,
         CAST(CASE WHEN length(month) > 6 THEN month_of_text(right(month, 6)) - month_of_text(month) + 1
                   ELSE 1 END AS SMALLINT) AS months,
         name, kind, status, fen_of(basic) AS basic, fen_of(addition) AS addition,
         fen_of(account_own) AS account_own, fen_of(total) AS total,
         CAST(strptime(paid, '%Y%m%d') AS DATE) AS paid, account, CAST(batch AS INTEGER) AS batch, file, row
  FROM file_rows
) TO '{peers}/payments_keyed.parquet';
