-- A letter is a digest that holds no story of a feed: what staff writes. It may be prepared beside the next digest.
alter table digest_drafts add column is_letter boolean not null default false;
drop index digest_drafts_open;
create unique index digest_drafts_open on digest_drafts (newsletter_id, kind, is_letter)
	where state in ('open', 'starting');
alter table digests add column is_letter boolean not null default false;
