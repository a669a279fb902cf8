-- Registries with integer keys.

CREATE TEMP VIEW reg_deaths AS SELECT * FROM '{peers}/deaths_keyed.parquet';
CREATE TEMP VIEW reg_custody AS SELECT * FROM '{peers}/custody_keyed.parquet';
CREATE TEMP VIEW reg_pensions AS SELECT * FROM '{peers}/pensions_keyed.parquet';
CREATE TEMP VIEW reg_certifications AS SELECT * FROM '{peers}/certifications_keyed.parquet';
