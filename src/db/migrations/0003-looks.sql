-- How large the pictures of stories are, so that a digest can set large ones in full width and small ones beside their
-- text. Null: it could not be measured. Rows are forgotten after a while.
create table pictures (
	url text primary key,
	width integer,
	height integer,
	measured_at timestamptz not null
);

-- The sites of the organisation, its own first: where pages lead to, and where a pasted form may lead back to.
alter table newsletters add column sites text[] not null default '{}';

-- The first line that newsletters began with told the date and the count, which the mail tells anyway.
update newsletter_texts set preheader_pattern = '{count, plural, one {{summary}} other {Also: {others}}}'
where locale = 'en' and preheader_pattern = '{count, plural, one {# new story} other {# new stories}}, {date}';
update newsletter_texts set preheader_pattern = U&'{count, plural, one {{summary}} other {Aussi\00a0: {others}}}'
where locale = 'fr' and preheader_pattern = '{count, plural, one {# nouvel article} other {# nouveaux articles}}, {date}';
