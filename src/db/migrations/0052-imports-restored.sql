-- What a row of a file overwrote of somebody who was a reader already, so that taking the import back restores it:
-- {"givenName", "choices": {"locale", "profileId", "version"}}; the version is that of the choices that it gave.
alter table import_rows add column overwritten jsonb;
update imports set undone = undone || '{"restored": 0, "changedSince": 0}' where undone is not null;
