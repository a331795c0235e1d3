-- What proves consent, as a file beside the words: a scan of a list, a signed form. Sealed with a key of the secret.
alter table imports add column evidence_file jsonb;
create table import_evidence (
	import_id bigint primary key references imports on delete cascade,
	sealed bytea not null
);
alter table import_evidence alter column sealed set storage external;
