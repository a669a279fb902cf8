-- Registries with ID numbers as text.

CREATE TEMP VIEW reg_deaths AS SELECT usable_key(id) AS key, * FROM '{peers}/deaths_text.parquet';
CREATE TEMP VIEW reg_custody AS SELECT usable_key(id) AS key, * FROM '{peers}/custody_text.parquet';
CREATE TEMP VIEW reg_pensions AS SELECT usable_key(id) AS key, * FROM '{peers}/pensions_text.parquet';

-- Of the many certifications only those of the dead are looked at; only their numbers need be checked.
CREATE TEMP VIEW reg_certifications AS
SELECT usable_key(id) AS key, name, certified_on FROM '{peers}/certifications_text.parquet'
WHERE raw_key(id) IN (SELECT key FROM death_rows);
