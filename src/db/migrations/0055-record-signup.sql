-- A sign-up is written down in one round trip: each statement of it cost more on its way than in the database. They are
-- statements of their own all the same, in the order of locks that the house keeps, so that each sees what others who came
-- together with it have done before.

-- The row of an address, new or known: the update changes nothing but gives the id, and takes as long.
create function upsert_subscriber(
	p_local_part text, p_domain text, p_comparable text, p_address_hash text, p_now timestamptz
) returns bigint language plpgsql as $$
declare v_id bigint;
begin
	-- two that come together would else meet at the other unique column, of which `on conflict` knows nothing
	perform pg_advisory_xact_lock(hashtextextended(p_comparable, 0));
	insert into subscribers (local_part, domain, comparable_address, address_hash, created_at)
	values (p_local_part, p_domain, p_comparable, p_address_hash, p_now)
	on conflict (comparable_address) do update set comparable_address = excluded.comparable_address
	returning id into v_id;
	return v_id;
end $$;

-- A mail that is due; which one is decided when it is sent. One that is due already, under way, or a few seconds old is enough:
-- so two clicks mail once. One that was begun before the person confirmed or left says something else, and does not count.
-- What was put off is due again at once. There is no branch: whatever it finds, all of it runs.
create function add_notice(
	p_subscription bigint, p_mailbox_hash text, p_locale text, p_networks text[], p_hurried boolean, p_unproven boolean,
	p_wish jsonb, p_now timestamptz
) returns bigint language plpgsql
-- its plans are kept: those made while the table was empty would read all of it ever after
set enable_seqscan = off as $$
declare
	v_open bigint;
	v_due bigint;
	v_made bigint;
begin
	select id, case when state = 'due' then id end into v_open, v_due
	from notices where subscription_id = p_subscription and request_id is null and purpose is null and (
		state = 'due'
		-- one whose worker was lost would swallow all that follow until it is in doubt
		or state = 'sending' and started_at > p_now - interval '60 seconds'
		-- a second click comes within these, and the link that was just mailed works; later than now: it was mailed while
		-- this one waited for its turn
		or state <> 'sending' and started_at <> p_now and started_at > p_now - interval '5 seconds'
			and not exists (
				select from consent_receipts as receipt where receipt.subscription_id = notices.subscription_id
					and receipt.action <> 'requested' and receipt.at >= notices.started_at
			)
	)
	-- not by the id alone: it would be looked for from the end of the table
	order by subscription_id desc, id desc limit 1;
	-- by its id: the notices that wait are many while an attack lasts
	update notices set due_at = least(due_at, p_now), locale = p_locale, networks = p_networks,
		hurried = hurried and p_hurried, unproven = unproven and p_unproven, wish = p_wish
	where id = v_due and state = 'due';
	insert into notices
		(subscription_id, mailbox_hash, locale, due_at, created_at, networks, hurried, unproven, wish)
	select p_subscription, p_mailbox_hash, p_locale, p_now, p_now, p_networks, p_hurried, p_unproven, p_wish
	where v_open is null
	returning id into v_made;
	return coalesce(v_open, v_made);
end $$;

-- The subscriber, the subscription, the receipt and the notice of a sign-up: the same statements for every address, known or
-- not. A new subscription is pending; one that exists keeps its state, language and source, and is only marked as asked for
-- again. Gives the notice.
create function record_signup(
	p_newsletter bigint,
	p_local_part text, p_domain text, p_comparable text, p_address_hash text, p_mailbox_hash text,
	p_locale text, p_source text, p_source_host text,
	p_wording text, p_wording_version integer, p_wording_locale text, p_page text, p_ip text,
	p_networks text[], p_hurried boolean, p_unproven boolean, p_wish jsonb, p_now timestamptz
) returns bigint language plpgsql as $$
declare
	v_subscriber bigint;
	v_subscription bigint;
begin
	v_subscriber := upsert_subscriber(p_local_part, p_domain, p_comparable, p_address_hash, p_now);
	insert into subscriptions
		(newsletter_id, subscriber_id, locale, state, source, source_host, created_at, updated_at)
	values (p_newsletter, v_subscriber, p_locale, 'pending', p_source, p_source_host, p_now, p_now)
	on conflict (newsletter_id, subscriber_id) do update set updated_at = p_now
	returning id into v_subscription;
	insert into consent_receipts (subscription_id, action, wording, wording_version, locale, page, ip, at)
	values (v_subscription, 'requested', p_wording, p_wording_version, p_wording_locale, p_page, p_ip, p_now);
	return add_notice(
		v_subscription, p_mailbox_hash, p_locale, p_networks, p_hurried, p_unproven, p_wish, p_now
	);
end $$;
