-- A round-up: what came since the last one, for readers who want fewer mails than one for each digest.
alter table newsletters
	add column round_up_cron text,
	add column round_up_time_zone text,
	add column round_up_story_limit integer,
	add constraint newsletters_round_up check (
		(round_up_cron is null) = (round_up_time_zone is null) and (round_up_cron is null) = (round_up_story_limit is null)
	);
-- null: that of the language
alter table newsletter_texts add column round_up_subject_pattern text;

alter table choice_profiles
	add column rhythm text not null default 'each' check (rhythm in ('each', 'round_up'));
drop index choice_profiles_once;
create unique index choice_profiles_once
	on choice_profiles (newsletter_id, locale, all_topics, topic_ids, coalesce(untranslated, ''), rhythm);

alter table digests add column kind text not null default 'each' check (kind in ('each', 'round_up'));

alter table digest_schedules
	add column kind text not null default 'each' check (kind in ('each', 'round_up')),
	drop constraint digest_schedules_pkey,
	add primary key (newsletter_id, kind);

alter table missed_digests
	add column kind text not null default 'each' check (kind in ('each', 'round_up')),
	drop constraint missed_digests_newsletter_id_occurrence_key,
	add unique (newsletter_id, kind, occurrence);
