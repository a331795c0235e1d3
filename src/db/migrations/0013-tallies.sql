-- How many subscriptions a newsletter has, by state, language and choices: what was added and taken away since the rows were
-- last summed up. Rows are only added, so no sign-up waits for another; a nightly job makes them few again.
create table subscription_tallies (
	id bigint generated always as identity primary key,
	newsletter_id bigint not null,
	state text not null,
	locale text not null,
	profile_id bigint,
	count bigint not null
);
create index subscription_tallies_newsletter on subscription_tallies (newsletter_id);

-- What happened on a day (UTC), in the same way.
create table subscriber_days (
	id bigint generated always as identity primary key,
	newsletter_id bigint not null,
	day date not null,
	locale text not null,
	kind text not null check (kind in (
		'joined', 'confirmed', 'came_back', 'bounced',
		'left_page', 'left_one_click', 'left_mail', 'left_complaint', 'left_staff'
	)),
	count bigint not null
);
create index subscriber_days_newsletter on subscriber_days (newsletter_id, day);

create function tally_subscriptions() returns trigger language plpgsql as $$
begin
	if tg_op = 'INSERT' then
		insert into subscription_tallies (newsletter_id, state, locale, profile_id, count)
		select newsletter_id, state, locale, profile_id, count(*) from changed_to group by 1, 2, 3, 4;
		insert into subscriber_days (newsletter_id, day, locale, kind, count)
		select newsletter_id, (created_at at time zone 'UTC')::date, locale, 'joined', count(*)
		from changed_to group by 1, 2, 3;
	elsif tg_op = 'DELETE' then
		insert into subscription_tallies (newsletter_id, state, locale, profile_id, count)
		select newsletter_id, state, locale, profile_id, -count(*) from changed_from group by 1, 2, 3, 4;
	else
		insert into subscription_tallies (newsletter_id, state, locale, profile_id, count)
		select newsletter_id, state, locale, profile_id, sum(sign) from (
			select newsletter_id, state, locale, profile_id, 1 as sign from changed_to
			union all
			select newsletter_id, state, locale, profile_id, -1 from changed_from
		) changes group by 1, 2, 3, 4 having sum(sign) <> 0;
		insert into subscriber_days (newsletter_id, day, locale, kind, count)
		select now.newsletter_id, (now.updated_at at time zone 'UTC')::date, now.locale,
			case when before.state = 'pending' then 'confirmed' else 'came_back' end, count(*)
		from changed_to as now join changed_from as before using (id)
		where now.state = 'active' and before.state <> 'active'
		group by 1, 2, 3, 4;
	end if;
	return null;
end $$;
create trigger subscriptions_tallied_in after insert on subscriptions
	referencing new table as changed_to for each statement execute function tally_subscriptions();
create trigger subscriptions_tallied_over after update on subscriptions
	referencing old table as changed_from new table as changed_to
	for each statement execute function tally_subscriptions();
create trigger subscriptions_tallied_out after delete on subscriptions
	referencing old table as changed_from for each statement execute function tally_subscriptions();

-- which way somebody left stands in the receipt
create function way_of_leaving(page text) returns text language sql immutable as $$
	select case
		when page like 'one-click%' then 'left_one_click'
		when page like 'mail%' then 'left_mail'
		when page like 'complaint%' or page like 'returned mail%' then 'left_complaint'
		when page like 'staff%' then 'left_staff'
		else 'left_page'
	end
$$;

create function tally_leaving() returns trigger language plpgsql as $$
begin
	insert into subscriber_days (newsletter_id, day, locale, kind, count)
	select newsletter_id, (new.at at time zone 'UTC')::date, new.locale, way_of_leaving(new.page), 1
	from subscriptions where id = new.subscription_id;
	return null;
end $$;
create trigger consent_receipts_tallied after insert on consent_receipts
	for each row when (new.action = 'unsubscribed') execute function tally_leaving();

create function tally_bounced() returns trigger language plpgsql as $$
begin
	insert into subscriber_days (newsletter_id, day, locale, kind, count)
	select s.newsletter_id, (new.created_at at time zone 'UTC')::date, s.locale, 'bounced', 1
	from subscribers p join subscriptions s on s.subscriber_id = p.id
	where p.address_hash = new.address_hash and s.state = 'active';
	return null;
end $$;
create trigger suppressions_tallied_in after insert on suppressions for each row
	when (new.lifted_at is null and new.reason in ('dead_address', 'mailbox_unusable'))
	execute function tally_bounced();
create trigger suppressions_tallied_again after update on suppressions for each row
	when (
		new.lifted_at is null and old.lifted_at is not null and new.reason in ('dead_address', 'mailbox_unusable')
	) execute function tally_bounced();

insert into subscription_tallies (newsletter_id, state, locale, profile_id, count)
select newsletter_id, state, locale, profile_id, count(*) from subscriptions group by 1, 2, 3, 4;

insert into subscriber_days (newsletter_id, day, locale, kind, count)
select newsletter_id, day, locale, kind, count(*) from (
	select newsletter_id, (created_at at time zone 'UTC')::date as day, locale, 'joined' as kind from subscriptions
	union all
	select s.newsletter_id, (r.at at time zone 'UTC')::date, r.locale, case
		when r.action = 'resubscribed' then 'came_back'
		when r.action = 'unsubscribed' then way_of_leaving(r.page)
		when exists (
			select from consent_receipts e
			where e.subscription_id = r.subscription_id and e.action = 'confirmed' and e.id < r.id
		) then 'came_back'
		else 'confirmed'
	end
	from consent_receipts r join subscriptions s on s.id = r.subscription_id
	where r.action in ('confirmed', 'resubscribed', 'unsubscribed')
	union all
	select s.newsletter_id, (x.created_at at time zone 'UTC')::date, s.locale, 'bounced'
	from suppressions x
	join subscribers p on p.address_hash = x.address_hash
	join subscriptions s on s.subscriber_id = p.id
	where x.reason in ('dead_address', 'mailbox_unusable') and s.state = 'active'
) happened group by 1, 2, 3, 4;

-- who is paused is few, and counted apart from the tallies: a pause ends by itself
create index subscriptions_paused on subscriptions (newsletter_id, paused_until) where paused_until is not null;
