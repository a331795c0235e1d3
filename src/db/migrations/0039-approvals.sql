-- Whether what a member wrote must be approved by somebody else before it is sent.
alter table newsletters add column needs_approval boolean not null default false;

-- Who asks for the approval of a draft, who gave it, or sent it back. It holds for the version that was seen: any later change
-- asks again.
create table draft_approvals (
	draft_id bigint primary key references digest_drafts on delete cascade,
	asked_at timestamptz,
	asked_by_name text,
	approved_version_id bigint,
	approved_at timestamptz,
	approved_by_name text,
	note text,
	note_at timestamptz,
	note_by_name text
);

-- Which version of a draft an approver has seen last, and which before that, with how many readers it would have gone to.
create table draft_looks (
	draft_id bigint not null references digest_drafts on delete cascade,
	member_id bigint not null references staff_members on delete cascade,
	version_id bigint not null,
	readers integer not null,
	at timestamptz not null,
	before_version_id bigint,
	before_readers integer,
	before_at timestamptz,
	primary key (draft_id, member_id)
);

alter table digest_drafts drop constraint digest_drafts_held_why_check;
alter table digest_drafts add constraint digest_drafts_held_why_check
	check (held_why in ('person', 'checks', 'late', 'schedule', 'nothing_new', 'not_made', 'approval'));
