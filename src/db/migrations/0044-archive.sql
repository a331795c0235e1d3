-- Past digests as anybody may read them, a page a language: a copy of their own, which stays whatever becomes of stories and
-- renditions. Nothing in it is of a reader.
create table archive_pages (
	digest_id bigint not null references digests on delete cascade,
	locale text not null,
	newsletter_id bigint not null references newsletters on delete cascade,
	-- the last part of its address, which stays
	name text not null check (name ~ '^\d{4}-\d\d-\d\d(-[a-z0-9]+)*$'),
	-- `2026-11-26`, in the newsletter's time zone
	day text not null,
	title text not null,
	preheader text not null,
	introduction text,
	stories jsonb not null,
	story_titles text[] not null,
	picture jsonb,
	-- null: it has not gone out, and nobody sees it
	published_at timestamptz,
	-- false: a digest that was stopped, which only its correction leads to
	listed boolean not null default true,
	left_out_at timestamptz,
	corrected_at timestamptz,
	primary key (digest_id, locale),
	unique (newsletter_id, locale, name)
);
create index archive_pages_listed on archive_pages (newsletter_id, locale, day desc, digest_id desc)
	where published_at is not null and left_out_at is null and listed;
create index digests_corrects on digests (corrects) where corrects is not null;

-- newsletters that are there already publish nothing until staff wants it
alter table newsletters add column archive text not null default 'off'
	check (archive in ('off', 'unindexed', 'public'));
