-- Registries with ID numbers as text.

CREATE TEMP VIEW reg_deaths AS SELECT usable_key(id) AS key, * FROM '{peers}/deaths_text.parquet';
CREATE TEMP VIEW reg_custody AS SELECT usable_key(id) AS key, * FROM '{peers}/custody_text.parquet';
CREATE TEMP VIEW reg_pensions AS SELECT usable_key(id) AS key, * FROM '{peers}/pensions_text.parquet';
CREATE TEMP VIEW reg_certifications AS SELECT usable_key(id) AS key, * FROM '{peers}/certifications_text.parquet';
