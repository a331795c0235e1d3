-- Which installation this database is the one of, and since when sending is held because it may not be: one row.
create table installation (
	singleton boolean primary key default true check (singleton),
	id text,
	place text,
	generation bigint not null,
	held_since timestamptz,
	held_reason text check (held_reason in ('other_installation', 'other_place', 'older_backup'))
);

-- Newsletters and their texts in each of their languages.
create table newsletters (
	id bigint generated always as identity primary key,
	slug text not null unique,
	default_locale text not null,
	from_address text not null,
	reply_to text,
	list_id_domain text not null,
	postal_address text,
	contact text,
	colour text not null,
	logo_url text,
	story_limit integer not null default 10 check (story_limit between 1 and 100),
	story_max_age_days integer not null default 30 check (story_max_age_days between 1 and 3650),
	story_order text not null default 'newest_first' check (story_order in ('newest_first', 'oldest_first')),
	untranslated text not null default 'skip' check (untranslated in ('skip', 'include')),
	schedule_cron text,
	schedule_time_zone text,
	schedule_quiet_from text,
	schedule_quiet_to text,
	schedule_misfire_minutes integer,
	created_at timestamptz not null default now(),
	updated_at timestamptz not null default now()
);

create table newsletter_texts (
	newsletter_id bigint not null references newsletters on delete cascade,
	locale text not null,
	name text not null,
	description text not null,
	from_name text not null,
	subject_pattern text not null,
	preheader_pattern text not null,
	consent_wording text not null,
	consent_version integer not null default 1,
	primary key (newsletter_id, locale)
);

-- Persons' addresses, once each; what they chose is in subscriptions. The hash is what suppressions know them by.
create table subscribers (
	id bigint generated always as identity primary key,
	local_part text not null,
	domain text not null,
	comparable_address text not null unique,
	address_hash text not null unique,
	created_at timestamptz not null default now()
);

create table subscriptions (
	id bigint generated always as identity primary key,
	newsletter_id bigint not null references newsletters,
	subscriber_id bigint not null references subscribers,
	locale text not null,
	state text not null check (state in ('pending', 'active', 'unsubscribed')),
	confirmed_at timestamptz,
	unsubscribed_at timestamptz,
	unsubscribe_reason text,
	unsubscribe_comment text,
	created_at timestamptz not null default now(),
	updated_at timestamptz not null default now(),
	unique (newsletter_id, subscriber_id)
);
create index subscriptions_subscriber on subscriptions (subscriber_id);

-- Links of confirmation mails: only the keyed hash of each token is kept.
create table confirmations (
	token_hash text primary key,
	subscription_id bigint not null references subscriptions on delete cascade,
	locale text not null,
	created_at timestamptz not null default now(),
	expires_at timestamptz not null,
	used_at timestamptz
);
create index confirmations_subscription on confirmations (subscription_id);

-- Mails that answer a sign-up, one row each: what is due survives the loss of the queue.
create table notices (
	id bigint generated always as identity primary key,
	subscription_id bigint not null references subscriptions on delete cascade,
	locale text not null,
	kind text check (kind in ('confirm', 'already_active', 'suppressed')),
	state text not null default 'due'
		check (state in ('due', 'sending', 'accepted', 'refused', 'in_doubt', 'withheld')),
	attempts integer not null default 0,
	due_at timestamptz not null,
	started_at timestamptz,
	reply text,
	created_at timestamptz not null default now(),
	finished_at timestamptz
);
create index notices_open on notices (due_at) where state in ('due', 'sending');
create index notices_subscription on notices (subscription_id, created_at);

-- What was shown and done, and when: the proof of consent. Rows are never changed.
create table consent_receipts (
	id bigint generated always as identity primary key,
	subscription_id bigint not null,
	action text not null check (action in ('requested', 'confirmed', 'unsubscribed', 'resubscribed')),
	wording text,
	wording_version integer,
	locale text not null,
	page text not null,
	ip text,
	at timestamptz not null default now()
);
create index consent_receipts_subscription on consent_receipts (subscription_id);

create function refuse_change() returns trigger language plpgsql as $$
begin
	raise exception 'rows of % are append-only', tg_table_name;
end $$;
create trigger consent_receipts_append_only before update or delete on consent_receipts
	for each row execute function refuse_change();

-- Who must never be mailed, by keyed hash, so that it outlives the erasure of the address.
create table suppressions (
	address_hash text primary key,
	reason text not null check (reason in ('dead_address', 'mailbox_unusable', 'complaint', 'staff')),
	evidence text,
	created_at timestamptz not null default now(),
	lifted_at timestamptz
);
create index suppressions_newest on suppressions (created_at, address_hash);

create table sources (
	id bigint generated always as identity primary key,
	newsletter_id bigint not null references newsletters on delete cascade,
	url text not null,
	locale text not null,
	topics text[] not null default '{}',
	state text not null default 'active' check (state in ('active', 'gone', 'paused')),
	etag text,
	last_modified text,
	moved_to text,
	moved_times integer not null default 0,
	next_poll_at timestamptz not null,
	last_polled_at timestamptz,
	first_read_at timestamptz,
	failures integer not null default 0,
	problem text,
	problem_detail text,
	include_latest integer not null default 0,
	created_at timestamptz not null default now(),
	unique (newsletter_id, url)
);
create index sources_due on sources (next_poll_at) where state = 'active';

create table stories (
	id bigint generated always as identity primary key,
	newsletter_id bigint not null references newsletters on delete cascade,
	source_id bigint references sources on delete set null,
	external_id text,
	link text,
	link_key text,
	locale text not null,
	title text not null,
	summary text not null,
	image_url text,
	image_alt text,
	author text,
	categories text[] not null default '{}',
	topics text[] not null default '{}',
	published_at timestamptz not null,
	first_seen_at timestamptz not null,
	backlog boolean not null default false,
	hidden_at timestamptz,
	translation_group bigint,
	edited_at timestamptz
);
create unique index stories_external on stories (source_id, external_id);
create index stories_link on stories (newsletter_id, link_key);
create index stories_latest on stories (newsletter_id, locale, published_at desc);
create index stories_translations on stories (translation_group) where translation_group is not null;

create table digests (
	id bigint generated always as identity primary key,
	newsletter_id bigint not null references newsletters,
	public_id text not null unique,
	state text not null check (state in ('planning', 'sending', 'paused', 'completed', 'cancelled')),
	trigger text not null check (trigger in ('staff', 'api', 'schedule')),
	trigger_key text,
	trigger_fingerprint text,
	audience jsonb,
	created_at timestamptz not null default now(),
	planned_at timestamptz,
	completed_at timestamptz,
	-- by the database's clock: since when it is in this state, and since when the log has said that it makes no progress
	state_since timestamptz not null default now(),
	stalled_since timestamptz,
	-- what its rows of the ledger came to, where they are gone because they were too old
	ledger_sums jsonb,
	unique (newsletter_id, trigger_key)
);
-- a cancelled digest is open until nothing of it is due or under way
create index digests_open on digests (id) where completed_at is null;

create function date_digest_state() returns trigger language plpgsql as $$
begin
	new.state_since := clock_timestamp();
	return new;
end $$;
create trigger digests_state_since before update on digests
	for each row when (old.state is distinct from new.state) execute function date_digest_state();

create table renditions (
	id bigint generated always as identity primary key,
	digest_id bigint not null references digests on delete cascade,
	locale text not null,
	subject text not null,
	preheader text not null,
	html text not null,
	text text not null,
	-- what the link "view in browser" shows: without any reader's own links, and unchanged by later edits of a story
	web_html text not null,
	slot_nonce text not null,
	story_count integer not null,
	dropped_stories integer not null default 0,
	unique (digest_id, locale)
);

-- A story is shown once to each locale of its newsletter: usually by all renditions of one digest.
create table digest_stories (
	digest_id bigint not null references digests on delete cascade,
	locale text not null,
	story_id bigint not null references stories,
	position integer not null,
	primary key (digest_id, locale, story_id)
);
create index digest_stories_story on digest_stories (story_id);

-- The last time each newsletter's schedule came up and was dealt with, and the schedule that this was said of.
create table digest_schedules (
	newsletter_id bigint primary key references newsletters on delete cascade,
	cron text not null,
	time_zone text not null,
	last_occurrence timestamptz not null
);

-- Scheduled digests that were found too late to be sent unasked: staff sends or drops them.
create table missed_digests (
	id bigint generated always as identity primary key,
	newsletter_id bigint not null references newsletters on delete cascade,
	occurrence timestamptz not null,
	found_at timestamptz not null,
	state text not null default 'waiting' check (state in ('waiting', 'sent', 'dropped')),
	decided_at timestamptz,
	unique (newsletter_id, occurrence)
);

-- The ledger: one row a digest and subscription. Partitioned by digest, so that old ones are dropped, not deleted.
-- Its times are the database's own, so that workers with a wrong clock can't disagree about a lease.
create type delivery_state as enum
	('planned', 'sending', 'accepted', 'refused', 'in_doubt', 'excluded', 'bounced', 'complained');

create table deliveries (
	digest_id bigint not null,
	subscription_id bigint not null,
	rendition_id bigint not null,
	state delivery_state not null default 'planned',
	due_at timestamptz not null default now(),
	attempts smallint not null default 0,
	worker text,
	lease_until timestamptz,
	first_deferred_at timestamptz,
	reply text,
	-- the attempt whose refusal has become a bounce event
	refusal_recorded smallint,
	changed_at timestamptz not null default now(),
	primary key (digest_id, subscription_id)
) partition by list (digest_id);
create index deliveries_due on deliveries (due_at, subscription_id) where state = 'planned';
create index deliveries_leased on deliveries (lease_until) where state = 'sending';
create index deliveries_unrecorded on deliveries (subscription_id)
	where state = 'refused' and refusal_recorded is distinct from attempts;

-- How many rows of a digest have come into each state and left it since it was planned, a row for each connection that
-- changed them, so that none waits for another: progress is read from a few rows, however large the ledger is.
create table delivery_tallies (
	digest_id bigint not null,
	backend integer not null,
	state delivery_state not null,
	reason text not null,
	count bigint not null,
	-- when a delivery was last brought to an end or put off
	progress_at timestamptz,
	primary key (digest_id, backend, state, reason)
) with (fillfactor = 50);

create function tally_deliveries() returns trigger language plpgsql as $$
begin
	insert into delivery_tallies as t (digest_id, backend, state, reason, count, progress_at)
	select digest_id, pg_backend_pid(), state, reason, sum(sign), case
		when sum(sum(sign) filter (where state in ('planned', 'sending'))) over digest < 0
			or bool_or(bool_or(put_off)) over digest
		then clock_timestamp()
	end
	from (
		select digest_id, state, case when state = 'excluded' then coalesce(reply, '') else '' end as reason,
			1 as sign, state = 'planned' and due_at > now() as put_off
		from changed_to
		union all
		select digest_id, state, case when state = 'excluded' then coalesce(reply, '') else '' end, -1, false
		from changed_from
	) changes
	group by digest_id, state, reason
	having sum(sign) <> 0 or bool_or(put_off)
	window digest as (partition by digest_id)
	on conflict (digest_id, backend, state, reason) do update set
		count = t.count + excluded.count, progress_at = coalesce(excluded.progress_at, t.progress_at);
	return null;
end $$;
create trigger deliveries_tallied after update on deliveries
	referencing old table as changed_from new table as changed_to
	for each statement execute function tally_deliveries();

-- What came back, as it came. It holds addresses, so it is pruned; the events that were read from it are not.
create table bounce_reports (
	id bigint generated always as identity primary key,
	via text not null,
	content_hash text not null unique,
	raw bytea not null,
	received_at timestamptz not null,
	-- what it was read as; null while it waits to be read
	kind text,
	attempts integer not null default 0
);
create index bounce_reports_unread on bounce_reports (received_at) where kind is null;
create index bounce_reports_age on bounce_reports (received_at);

-- One row an event: what one report said of one recipient. The digest and subscription stand where a signed token
-- proved them, with the keyed hash of the subscriber's address; else nothing follows from the event.
create table bounce_events (
	id bigint generated always as identity primary key,
	external_id text not null unique,
	report_id bigint references bounce_reports on delete set null,
	via text not null,
	kind text not null check (kind in ('bounce', 'complaint', 'delivered')),
	class text not null,
	hard boolean not null,
	status text not null,
	reply text not null,
	diagnostic text not null,
	matched_by text,
	digest_id bigint,
	subscription_id bigint,
	address_hash text,
	domain text,
	effect text not null default 'none' check (effect in ('none', 'suppressed', 'unsubscribed')),
	occurred_at timestamptz not null,
	recorded_at timestamptz not null
);
create index bounce_events_report on bounce_events (report_id) where report_id is not null;
create index bounce_events_history on bounce_events (address_hash, digest_id) where matched_by is not null;
create index bounce_events_digest on bounce_events (digest_id, id) where matched_by is not null;
create index bounce_events_age on bounce_events (recorded_at);
create index bounce_events_time on bounce_events (occurred_at) where matched_by is not null;

-- Refusals that are our own fault, where there were more of them than a few. One row a digest, and one an hour.
create table bounce_alerts (
	id bigint generated always as identity primary key,
	alert_key text not null unique,
	digest_id bigint,
	events integer not null,
	planned integer,
	classes jsonb not null,
	domains jsonb not null,
	raised_at timestamptz not null,
	updated_at timestamptz not null,
	held_at timestamptz,
	closed_at timestamptz
);

create table api_keys (
	id bigint generated always as identity primary key,
	name text not null,
	key_hash text not null unique,
	created_at timestamptz not null default now(),
	last_used_at timestamptz,
	revoked_at timestamptz
);

-- What staff did, and who.
create table audit_entries (
	id bigint generated always as identity primary key,
	actor text not null,
	action text not null,
	subject text not null,
	-- why, where that was asked
	detail text,
	at timestamptz not null default now()
);

-- Webhooks that count once and whose signature does not cover what they say: by hash, for as long as one is believed.
create table webhook_receipts (
	receipt_hash text primary key,
	received_at timestamptz not null
);
create index webhook_receipts_age on webhook_receipts (received_at);

-- What sending leaves alone for a while, and why: relays that fail, recipient domains that find us too fast. A domain's
-- row holds for all processes; a relay's only tells staff what the process that met it does. Times are the database's.
create table sending_pauses (
	scope text not null check (scope in ('relay', 'domain')),
	name text not null,
	reason text not null,
	until timestamptz not null,
	primary key (scope, name)
);

-- How many messages of digests were sent on a day (UTC), while a warm-up sets a ceiling.
create table sending_days (
	day date primary key,
	messages integer not null
);

-- Token buckets of the speed limits of sending, where no Redis is set.
create table token_buckets (
	key text primary key,
	tokens double precision not null,
	filled_at timestamptz not null
);

-- Counters of rate-limiter-flexible, where no Redis is set.
create table rate_limits (
	key varchar(255) primary key,
	points integer not null default 0,
	expire bigint
);
