-- Until when a reader of a file takes a break.
alter table import_rows add column paused_until timestamptz;
