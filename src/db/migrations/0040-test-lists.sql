-- Addresses of staff's colleagues that tests of digests go to, named.
create table test_lists (
	id bigint generated always as identity primary key,
	newsletter_id bigint not null references newsletters on delete cascade,
	name text not null,
	addresses text[] not null,
	unique (newsletter_id, name)
);
