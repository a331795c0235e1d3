-- A digest that is being prepared. One newsletter has one of each kind at a time.
create table digest_drafts (
	id bigint generated always as identity primary key,
	newsletter_id bigint not null references newsletters on delete cascade,
	kind text not null default 'each' check (kind in ('each', 'round_up')),
	state text not null default 'open' check (state in ('open', 'starting', 'sent', 'dropped')),
	-- rises with each change: who saves says from which one they started
	revision integer not null default 1,
	-- which of its versions is shown; undoing goes back to the one before
	version_id bigint,
	created_at timestamptz not null default now(),
	-- when it will be sent; null while it is open
	starts_at timestamptz,
	-- who pressed the button; null: who is no member, such as the operator
	started_by_id bigint references staff_members,
	started_by_name text,
	-- why it could not be made into a digest when its time had come: a key of the string catalogs
	problem text,
	digest_id bigint references digests on delete set null
);
create unique index digest_drafts_open on digest_drafts (newsletter_id, kind) where state in ('open', 'starting');
create index digest_drafts_starting on digest_drafts (starts_at) where state = 'starting';
create index digest_drafts_digest on digest_drafts (digest_id) where digest_id is not null;

-- What a draft held, each time that it was saved.
create table draft_versions (
	id bigint generated always as identity primary key,
	draft_id bigint not null references digest_drafts on delete cascade,
	parent_id bigint references draft_versions on delete set null,
	content jsonb not null,
	saved_at timestamptz not null default now(),
	saved_by_id bigint references staff_members,
	saved_by_name text not null
);
create index draft_versions_draft on draft_versions (draft_id);

-- Occurrences up to this moment are left out: “skip this week”.
alter table digest_schedules add column skipped_until timestamptz;
