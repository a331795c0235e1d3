-- Pictures of senders, as they are shown: each is known by its bytes and stays, for mails that were sent show it.
create table logos (
	hash text primary key check (hash ~ '^[0-9a-f]{32}$'),
	png bytea not null,
	created_at timestamptz not null default now()
);

alter table newsletters
	add column logo_hash text references logos (hash),
	add column logo_width integer,
	add column logo_height integer,
	add constraint newsletters_logo_check
		check ((logo_hash is null) = (logo_width is null) and (logo_hash is null) = (logo_height is null));
