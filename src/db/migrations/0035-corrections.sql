-- A letter that goes to exactly those who have a digest: what it corrects.
alter table digests add column corrects bigint references digests;
alter table digest_drafts add column corrects bigint references digests;
drop index digest_drafts_open;
create unique index digest_drafts_open on digest_drafts (newsletter_id, kind, is_letter)
	where state in ('open', 'starting') and corrects is null;
create unique index digest_drafts_correcting on digest_drafts (corrects) where state in ('open', 'starting');
