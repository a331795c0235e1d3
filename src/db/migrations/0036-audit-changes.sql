-- What a change changed: a list of fields with what stood in them before and after. Null where that does not apply.
alter table audit_entries add column changes jsonb;
