-- Who has a draft open in the console, as their browser has said lately.
create table draft_visits (
	draft_id bigint not null references digest_drafts on delete cascade,
	member_id bigint not null references staff_members on delete cascade,
	member_name text not null,
	seen_at timestamptz not null,
	primary key (draft_id, member_id)
);
