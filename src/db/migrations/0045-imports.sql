-- Files of readers that are brought in, each into one newsletter.
create table imports (
	id bigint generated always as identity primary key,
	newsletter_id bigint not null references newsletters on delete cascade,
	-- as the audit log names them
	brought_by text not null,
	file_name text not null,
	file_bytes bigint not null,
	-- encoding, separator, columns: how the file is read
	shape jsonb not null,
	-- why these persons may be mailed; null until somebody says it
	basis jsonb,
	-- what of readers that are here already the file changes: names, choices
	overwrite text[] not null default '{}' check (overwrite <@ array['names', 'choices']),
	state text not null default 'looked'
		check (state in ('looked', 'checking', 'checked', 'running', 'done', 'undoing', 'undone', 'failed')),
	-- how many rows of the file are staged, of how many of its bytes; how many of these were gone through, adding them or taking them back
	staged integer not null default 0,
	bytes_read bigint not null default 0,
	position integer not null default 0,
	-- how many rows came to what, once all are staged; and again once it is over
	outcomes jsonb,
	-- what taking it back came to
	undone jsonb,
	-- how often in a row it broke off, and why it was given up: a key of the string catalogs
	failures integer not null default 0,
	problem text,
	-- when the next ones are asked to confirm, where not all are added at once
	next_at timestamptz,
	created_at timestamptz not null,
	checked_at timestamptz,
	started_at timestamptz,
	finished_at timestamptz,
	undone_at timestamptz
);
create index imports_newsletter on imports (newsletter_id, id);
create index imports_open on imports (id) where state in ('checking', 'running', 'undoing');

-- The file in pieces: whoever reads it may be on another machine than who took it. Gone once the import is over.
create table import_file_parts (
	import_id bigint not null references imports on delete cascade,
	part integer not null,
	bytes bytea not null,
	primary key (import_id, part)
);
alter table import_file_parts alter column bytes set storage external;

-- Its rows as they were read, with what becomes of each: a forecast until the import has gone through it.
create table import_rows (
	-- of no table that is looked up for each row: they are a million
	import_id bigint not null,
	number integer not null,
	-- of the file, from 1 on
	line integer not null,
	outcome text not null check (outcome in (
		'new', 'known', 'changed', 'left', 'erased', 'suppressed', 'arrives_left', 'arrives_suppressed', 'unusable', 'duplicate',
		'removed'
	)),
	-- why it is unusable: a key of the string catalogs
	reason text,
	-- what of it was not heeded, as a language that the newsletter does not have
	remarks text[],
	-- as typed where it is unusable, and cut
	address text,
	comparable_address text,
	address_hash text,
	given_name text,
	locale text,
	profile_id bigint,
	file_state text check (file_state in ('active', 'unsubscribed', 'bounced', 'complained')),
	consented_at timestamptz,
	joined_at timestamptz,
	left_at timestamptz,
	primary key (import_id, number)
);

-- Which file a subscription came from, and until when consent that was only implied holds.
alter table subscriptions
	add column import_id bigint,
	add column consent_until timestamptz;
create index subscriptions_consent_until on subscriptions (consent_until) where consent_until is not null;

alter table consent_receipts
	drop constraint consent_receipts_action_check,
	add constraint consent_receipts_action_check check (action in (
		'requested', 'confirmed', 'imported', 'unsubscribed', 'resubscribed', 'chosen', 'paused', 'resumed', 'named', 'moved',
		'erased'
	));

alter table notices
	drop constraint notices_purpose_check,
	add constraint notices_purpose_check check (purpose in ('reminder', 'lost_link', 'welcome', 'import')),
	drop constraint notices_kind_check,
	add constraint notices_kind_check check (kind in (
		'confirm', 'already_active', 'suppressed', 'change_address', 'address_changed', 'send_data', 'erase',
		'reminder', 'choices', 'welcome', 'still_wanted'
	));

alter table staff_occasions drop constraint staff_occasions_kind_check;
alter table staff_occasions add constraint staff_occasions_kind_check check (
	kind in (
		'draft_ready', 'approval', 'source_broken', 'digest_stalled', 'digest_finished', 'returned_mail', 'signups',
		'import_finished'
	)
);
