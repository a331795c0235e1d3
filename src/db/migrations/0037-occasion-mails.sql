-- Since when a source has given nothing; null while it does.
alter table sources add column failing_since timestamptz;
update sources set failing_since = coalesce(last_polled_at, created_at) where problem is not null;

-- Which mails a member chose to get or not; what is not in it is as their role has it.
alter table staff_members add column mail_choices jsonb not null default '{}';

-- What staff is told of by mail, once each.
create table staff_occasions (
	id bigint generated always as identity primary key,
	-- what happened, and to what: the same is found again and again while it lasts
	occasion_key text not null unique,
	kind text not null check (
		kind in ('draft_ready', 'source_broken', 'digest_stalled', 'digest_finished', 'returned_mail', 'signups')
	),
	-- null: it is of the whole installation
	newsletter_id bigint references newsletters on delete cascade,
	-- the draft, source, digest or alert
	subject_id bigint,
	found_at timestamptz not null
);

-- One mail for each member who wants it.
create table staff_occasion_mails (
	id bigint generated always as identity primary key,
	occasion_id bigint not null references staff_occasions on delete cascade,
	member_id bigint not null references staff_members,
	-- dropped: what it was about had ended, or the member wants it no more
	state text not null default 'due' check (state in ('due', 'sending', 'sent', 'dropped')),
	changed_at timestamptz not null,
	unique (occasion_id, member_id)
);
create index staff_occasion_mails_open on staff_occasion_mails (id) where state in ('due', 'sending');
