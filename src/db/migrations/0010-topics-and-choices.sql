-- Themes of a newsletter that readers may choose among. One that has ended is no longer offered, and counts for nothing.
create table topics (
	id bigint generated always as identity primary key,
	newsletter_id bigint not null references newsletters on delete cascade,
	slug text not null,
	position integer not null,
	archived_at timestamptz,
	created_at timestamptz not null default now(),
	unique (newsletter_id, slug)
);

create table topic_texts (
	topic_id bigint not null references topics on delete cascade,
	locale text not null,
	name text not null,
	description text not null default '',
	primary key (topic_id, locale)
);

-- Which of a feed's categories make a story one of a topic: of one source, or of all. `category` is folded: lower case, no accents.
create table topic_rules (
	id bigint generated always as identity primary key,
	topic_id bigint not null references topics on delete cascade,
	source_id bigint references sources on delete cascade,
	category text not null,
	created_at timestamptz not null default now()
);
create unique index topic_rules_once on topic_rules (topic_id, coalesce(source_id, 0), category);

-- Each combination of choices that a reader of a newsletter has or had. Rows are added, never changed.
create table choice_profiles (
	id bigint generated always as identity primary key,
	newsletter_id bigint not null references newsletters on delete cascade,
	locale text not null,
	-- all topics and those to come; else those of topic_ids, in ascending order
	all_topics boolean not null,
	topic_ids bigint[] not null default '{}',
	-- what becomes of a story that is missing in the language; null: the newsletter's rule
	untranslated text check (untranslated in ('skip', 'include'))
);
create unique index choice_profiles_once
	on choice_profiles (newsletter_id, locale, all_topics, topic_ids, coalesce(untranslated, ''));

-- A reader's choices; without a profile: all topics, by the newsletter's rule, in `locale`.
alter table subscriptions
	add column profile_id bigint references choice_profiles,
	add column paused_until timestamptz,
	-- rises with each change, so that a page that was opened before it is noticed
	add column choices_version integer not null default 0,
	-- when choices or language last changed, or a pause ended: what such a reader had is looked up in the ledger
	add column choices_changed_at timestamptz;

-- Which variant of a digest the readers of a profile were planned to get; null: none, for no story was theirs.
create table digest_profiles (
	digest_id bigint not null references digests on delete cascade,
	profile_id bigint not null references choice_profiles,
	variant_id bigint references variants on delete cascade,
	primary key (digest_id, profile_id)
);
create index digest_profiles_profile on digest_profiles (profile_id, digest_id);

-- until now a reader's language was all there was to choose
insert into choice_profiles (newsletter_id, locale, all_topics)
select distinct d.newsletter_id, v.locale, true from variants v join digests d on d.id = v.digest_id;
insert into digest_profiles (digest_id, profile_id, variant_id)
select v.digest_id, p.id, v.id
from variants v
join digests d on d.id = v.digest_id
join choice_profiles p on p.newsletter_id = d.newsletter_id and p.locale = v.locale;

alter table consent_receipts
	drop constraint consent_receipts_action_check,
	add constraint consent_receipts_action_check
		check (action in ('requested', 'confirmed', 'unsubscribed', 'resubscribed', 'chosen', 'paused', 'resumed')),
	-- what was chosen, as it stood from then on
	add column choices jsonb;
