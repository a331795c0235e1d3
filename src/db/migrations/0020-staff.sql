-- People who work in the console. One who was removed stays for the audit, without a way in.
create table staff_members (
	id bigint generated always as identity primary key,
	name text not null,
	email text not null,
	-- what tells two addresses apart
	email_key text not null,
	role text not null check (role in ('owner', 'approver', 'editor', 'viewer')),
	-- the newsletters they may see; null: all
	newsletter_ids integer[],
	locale text not null,
	-- null until they have come in by the link of their invitation
	password_hash text,
	-- sealed; null where no second step is asked for
	code_secret text,
	-- the time step of the last code that was taken: each is good once (RFC 6238 §5.2)
	code_last_step bigint,
	created_at timestamptz not null default now(),
	removed_at timestamptz
);
create unique index staff_members_email on staff_members (email_key) where removed_at is null;

-- Links that let a member choose a password: of an invitation, or where it was forgotten.
create table staff_links (
	id bigint generated always as identity primary key,
	-- null: the first owner's, before there is anybody
	member_id bigint references staff_members,
	kind text not null check (kind in ('first_owner', 'invitation', 'password')),
	-- null until its mail is made
	token_hash text unique,
	created_at timestamptz not null default now(),
	expires_at timestamptz not null,
	used_at timestamptz
);
create index staff_links_member on staff_links (member_id);

create table staff_sessions (
	id bigint generated always as identity primary key,
	member_id bigint not null references staff_members,
	token_hash text not null unique,
	-- false while the second step is still to come
	complete boolean not null,
	user_agent text,
	created_at timestamptz not null default now(),
	last_seen_at timestamptz not null default now(),
	expires_at timestamptz not null
);
create index staff_sessions_member on staff_sessions (member_id);
create index staff_sessions_expires on staff_sessions (expires_at);

-- What opens the second step where the telephone is lost, each once.
create table staff_recovery_codes (
	member_id bigint not null references staff_members,
	code_hash text not null,
	used_at timestamptz,
	primary key (member_id, code_hash)
);
