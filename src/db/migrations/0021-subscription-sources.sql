-- How a subscription came; what is older than this is unknown. staff and import: for whoever is added by hand or from a file.
alter table subscriptions
	add column source text not null default 'unknown'
		check (source in ('page', 'form', 'api', 'staff', 'import', 'unknown')),
	-- the site that a pasted form stood on; one of signup_hosts, or 'other'
	add column source_host text check (source_host is null or source = 'form');

-- The sites whose forms are counted by name: anybody can post a form under any name, so they are few.
create table signup_hosts (
	newsletter_id bigint not null references newsletters,
	host text not null,
	created_at timestamptz not null default now(),
	primary key (newsletter_id, host)
);

alter table subscription_tallies add column source text not null default 'unknown';
alter table subscriber_days
	add column source text not null default 'unknown',
	add column source_host text;

create or replace function tally_subscriptions() returns trigger language plpgsql as $$
begin
	if tg_op = 'INSERT' then
		insert into subscription_tallies (newsletter_id, state, locale, profile_id, source, count)
		select newsletter_id, state, locale, profile_id, source, count(*) from changed_to group by 1, 2, 3, 4, 5;
		insert into subscriber_days (newsletter_id, day, locale, kind, source, source_host, count)
		select newsletter_id, (created_at at time zone 'UTC')::date, locale, 'joined',
			source, source_host, count(*)
		from changed_to group by 1, 2, 3, 5, 6;
	elsif tg_op = 'DELETE' then
		insert into subscription_tallies (newsletter_id, state, locale, profile_id, source, count)
		select newsletter_id, state, locale, profile_id, source, -count(*) from changed_from group by 1, 2, 3, 4, 5;
	else
		insert into subscription_tallies (newsletter_id, state, locale, profile_id, source, count)
		select newsletter_id, state, locale, profile_id, source, sum(sign) from (
			select newsletter_id, state, locale, profile_id, source, 1 as sign from changed_to
			union all
			select newsletter_id, state, locale, profile_id, source, -1 from changed_from
		) changes group by 1, 2, 3, 4, 5 having sum(sign) <> 0;
		insert into subscriber_days (newsletter_id, day, locale, kind, source, source_host, count)
		select now.newsletter_id, (now.updated_at at time zone 'UTC')::date, now.locale,
			case when before.state = 'pending' then 'confirmed' else 'came_back' end,
			now.source, now.source_host, count(*)
		from changed_to as now join changed_from as before using (id)
		where now.state = 'active' and before.state <> 'active'
		group by 1, 2, 3, 4, 5, 6;
	end if;
	return null;
end $$;

create or replace function tally_leaving() returns trigger language plpgsql as $$
begin
	insert into subscriber_days (newsletter_id, day, locale, kind, source, source_host, count)
	select newsletter_id, (new.at at time zone 'UTC')::date, new.locale, way_of_leaving(new.page),
		source, source_host, 1
	from subscriptions where id = new.subscription_id;
	return null;
end $$;

create or replace function tally_bounced() returns trigger language plpgsql as $$
begin
	insert into subscriber_days (newsletter_id, day, locale, kind, source, source_host, count)
	select s.newsletter_id, (new.created_at at time zone 'UTC')::date, s.locale, 'bounced',
		s.source, s.source_host, 1
	from subscribers p join subscriptions s on s.subscriber_id = p.id
	where p.address_hash = new.address_hash and s.state = 'active';
	return null;
end $$;
