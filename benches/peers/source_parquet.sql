-- The generated Parquet files: ID numbers and months are text, amounts whole fen, days days.

CREATE TEMP VIEW payments AS
SELECT 公民身份号码 AS id, 姓名 AS name, 待遇所属期 AS month, 发放日期 AS paid, 批次号 AS batch, 银行账号 AS account,
       基础养老金 AS basic, 加发养老金 AS addition, 个人账户养老金 AS account_own, 合计 AS total, 发放类型 AS kind,
       代发结果 AS status
FROM read_parquet('{parquet}/发放明细/*.parquet');

CREATE TEMP MACRO fen_of(amount) AS amount;
