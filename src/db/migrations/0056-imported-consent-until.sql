-- Until when a consent holds that is only implied, as the row of a file says it.
alter table import_rows add column consent_until timestamptz;
