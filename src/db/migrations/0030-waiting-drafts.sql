-- Whether a schedule makes a draft first, and at what time of day (HH:MM in its zone) that goes out unless somebody holds it;
-- null: it waits for somebody to send it.
alter table newsletters
	add column schedule_draft_first boolean not null default false,
	add column schedule_send_at text;

alter table digest_drafts
	-- which occurrence of the schedule it is for; null: somebody began it, and no schedule has come up since
	add column occurrence timestamptz,
	-- the one that it was for first: where that is another, its digest did not go out
	add column first_occurrence timestamptz,
	-- when it goes out by itself; null: not by itself
	add column goes_at timestamptz,
	-- since when it does not, who or what holds it, and what this was for
	add column held_at timestamptz,
	add column held_by_id bigint references staff_members,
	add column held_by_name text,
	add column held_why text check (held_why in ('person', 'checks', 'late', 'schedule', 'nothing_new', 'not_made'));
create index digest_drafts_goes on digest_drafts (goes_at) where state = 'open' and goes_at is not null and held_at is null;
-- an occurrence makes one draft, whatever becomes of it
create unique index digest_drafts_occurrence on digest_drafts (newsletter_id, kind, occurrence) where occurrence is not null;
