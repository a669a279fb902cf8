-- One Parquet file with an integer key, a month number and amounts in fen, written once.

CREATE TEMP VIEW payments AS SELECT * FROM '{peers}/payments_keyed.parquet';
