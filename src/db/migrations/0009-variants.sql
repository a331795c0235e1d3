-- What readers of the same choices get of a digest: a language, and stories in their order. `key` is a hash of both:
-- SHA-256, in hex, of `LOCALE:ID,ID,…`.
create table variants (
	id bigint generated always as identity primary key,
	digest_id bigint not null references digests on delete cascade,
	locale text not null,
	key text not null,
	unique (digest_id, key)
);

create table variant_stories (
	variant_id bigint not null references variants on delete cascade,
	story_id bigint not null references stories,
	position integer not null,
	primary key (variant_id, story_id)
);

-- each language of a digest was one variant; what was shown in one stays known where its rendition is gone
insert into variants (digest_id, locale, key)
select digest_id, locale,
	encode(sha256(convert_to(
		locale || ':' || coalesce(string_agg(s.story_id::text, ',' order by s.position), ''), 'UTF8'
	)), 'hex')
from (select digest_id, locale from renditions union select digest_id, locale from digest_stories) made
left join digest_stories s using (digest_id, locale)
group by digest_id, locale
order by digest_id, locale;

insert into variant_stories (variant_id, story_id, position)
select v.id, s.story_id, s.position from digest_stories s join variants v using (digest_id, locale);
create index variant_stories_story on variant_stories (story_id);
drop table digest_stories;

alter table renditions add column variant_id bigint references variants on delete cascade;
update renditions r set variant_id = v.id from variants v where v.digest_id = r.digest_id and v.locale = r.locale;
alter table renditions
	alter column variant_id set not null,
	add unique (variant_id),
	drop column digest_id,
	drop column locale;
