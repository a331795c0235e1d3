-- What was done to one thing, as to a digest that is watched.
create index audit_entries_subject on audit_entries (subject, id);
