-- The generated CSV files as text: every column has a stated type, nothing is guessed and nothing validated.

CREATE TEMP VIEW payments AS
SELECT id, name, month, paid, batch, account, basic, addition, account_own, total, kind, status
FROM read_csv('{csv}/发放明细/*.csv', auto_detect = false, header = true, delim = ',', quote = '"', escape = '"',
  new_line = '\r\n', columns = {
    'id': 'VARCHAR', 'name': 'VARCHAR', 'person_no': 'VARCHAR', 'township': 'VARCHAR', 'village': 'VARCHAR',
    'account': 'VARCHAR', 'month': 'VARCHAR', 'paid': 'VARCHAR', 'batch': 'VARCHAR', 'basic': 'VARCHAR',
    'addition': 'VARCHAR', 'account_own': 'VARCHAR', 'total': 'VARCHAR', 'kind': 'VARCHAR', 'status': 'VARCHAR'});

CREATE TEMP MACRO fen_of(amount) AS CAST(CAST(amount AS DECIMAL(18, 2)) * 100 AS BIGINT);
