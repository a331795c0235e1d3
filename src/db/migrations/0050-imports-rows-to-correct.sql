-- What stands in the rows of a file that can't be used, once the file itself is gone: so that they can be corrected.
alter table import_rows add column cells jsonb;
alter table imports add column headings text[];
