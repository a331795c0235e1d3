-- Addresses of other programs that are told of what happens.
create table webhook_endpoints (
	id bigint generated always as identity primary key,
	url text not null,
	events text[] not null check (cardinality(events) > 0),
	-- null: of all newsletters
	newsletter_ids bigint[],
	with_address boolean not null default false,
	-- sealed; the former one signs too until its time is over
	secret text not null,
	former_secret text,
	former_until timestamptz,
	created_at timestamptz not null,
	-- since when nothing was taken; null while it is
	failing_since timestamptz,
	disabled_at timestamptz,
	disabled_why text check (disabled_why in ('staff', 'failing', 'gone')),
	check ((disabled_at is null) = (disabled_why is null))
);

-- What an endpoint is told. It is written in the transaction of what it tells of, and holds ids alone.
create table webhook_messages (
	id bigint generated always as identity primary key,
	endpoint_id bigint not null references webhook_endpoints on delete cascade,
	-- the same however often it is sent
	message_id text not null default 'msg_' || replace(gen_random_uuid()::text, '-', ''),
	event text not null check (
		event in ('subscriber.subscribed', 'subscriber.left', 'subscriber.bounced_out', 'digest.finished')
	),
	newsletter_id bigint not null references newsletters on delete cascade,
	subscription_id bigint,
	reader_id bigint,
	digest_id bigint,
	reason text,
	happened_at timestamptz not null,
	state text not null default 'due' check (state in ('due', 'sending', 'delivered', 'failed')),
	attempts integer not null default 0,
	-- when it is to be sent; while it is being sent, when whoever does that is taken to have crashed
	due_at timestamptz not null
);
create index webhook_messages_due on webhook_messages (endpoint_id, due_at) where state in ('due', 'sending');
create index webhook_messages_endpoint on webhook_messages (endpoint_id, id);
create index webhook_messages_over on webhook_messages (happened_at) where state in ('delivered', 'failed');

create table webhook_attempts (
	id bigint generated always as identity primary key,
	message_id bigint not null references webhook_messages on delete cascade,
	at timestamptz not null,
	duration_ms integer not null,
	status integer,
	problem text check (problem in ('address', 'forbidden_address', 'timeout', 'unreachable'))
);
create index webhook_attempts_message on webhook_attempts (message_id, id);

create function tell_of_subscriptions() returns trigger language plpgsql as $$
begin
	if not exists (select from webhook_endpoints where disabled_at is null) then return null; end if;
	if tg_op = 'INSERT' then
		insert into webhook_messages
			(endpoint_id, event, newsletter_id, subscription_id, reader_id, happened_at, due_at)
		select e.id, 'subscriber.subscribed', s.newsletter_id, s.id, s.subscriber_id, s.created_at, s.created_at
		-- an import is no event: its report tells of it
		from changed_to s join webhook_endpoints e on e.disabled_at is null
			and 'subscriber.subscribed' = any (e.events)
			and (e.newsletter_ids is null or s.newsletter_id = any (e.newsletter_ids))
		where s.state = 'active' and s.source <> 'import';
	elsif tg_op = 'DELETE' then
		insert into webhook_messages
			(endpoint_id, event, newsletter_id, subscription_id, reader_id, reason, happened_at, due_at)
		select e.id, 'subscriber.left', s.newsletter_id, s.id, s.subscriber_id, 'erased', now(), now()
		from changed_from s join webhook_endpoints e on e.disabled_at is null
			and 'subscriber.left' = any (e.events)
			and (e.newsletter_ids is null or s.newsletter_id = any (e.newsletter_ids))
		where s.state = 'active' and exists (select from newsletters where id = s.newsletter_id);
	else
		insert into webhook_messages
			(endpoint_id, event, newsletter_id, subscription_id, reader_id, happened_at, due_at)
		select e.id, s.event, s.newsletter_id, s.id, s.subscriber_id, s.updated_at, s.updated_at
		from (
			select after.*, case when after.state = 'active' then 'subscriber.subscribed' else 'subscriber.left' end as event
			from changed_to as after join changed_from as before using (id)
			where (after.state = 'active' and before.state <> 'active')
				or (after.state = 'unsubscribed' and before.state = 'active')
		) s join webhook_endpoints e on e.disabled_at is null
			and s.event = any (e.events)
			and (e.newsletter_ids is null or s.newsletter_id = any (e.newsletter_ids));
	end if;
	return null;
end $$;
create trigger subscriptions_told_in after insert on subscriptions
	referencing new table as changed_to for each statement execute function tell_of_subscriptions();
create trigger subscriptions_told_over after update on subscriptions
	referencing old table as changed_from new table as changed_to
	for each statement execute function tell_of_subscriptions();
create trigger subscriptions_told_out after delete on subscriptions
	referencing old table as changed_from for each statement execute function tell_of_subscriptions();

create function tell_of_bounced() returns trigger language plpgsql as $$
begin
	insert into webhook_messages
		(endpoint_id, event, newsletter_id, subscription_id, reader_id, reason, happened_at, due_at)
	select e.id, 'subscriber.bounced_out', s.newsletter_id, s.id, p.id, new.reason, new.created_at, new.created_at
	from webhook_endpoints e
	join subscribers p on p.address_hash = new.address_hash
	join subscriptions s on s.subscriber_id = p.id and s.state = 'active'
	where e.disabled_at is null and 'subscriber.bounced_out' = any (e.events)
		and (e.newsletter_ids is null or s.newsletter_id = any (e.newsletter_ids));
	return null;
end $$;
create trigger suppressions_told_in after insert on suppressions for each row
	when (new.lifted_at is null and new.reason in ('dead_address', 'mailbox_unusable'))
	execute function tell_of_bounced();
create trigger suppressions_told_again after update on suppressions for each row
	when (
		new.lifted_at is null and old.lifted_at is not null and new.reason in ('dead_address', 'mailbox_unusable')
	) execute function tell_of_bounced();

create function tell_of_finished() returns trigger language plpgsql as $$
begin
	insert into webhook_messages (endpoint_id, event, newsletter_id, digest_id, reason, happened_at, due_at)
	select e.id, 'digest.finished', new.newsletter_id, new.id, new.state, new.completed_at, new.completed_at
	from webhook_endpoints e
	where e.disabled_at is null and 'digest.finished' = any (e.events)
		and (e.newsletter_ids is null or new.newsletter_id = any (e.newsletter_ids));
	return null;
end $$;
create trigger digests_told after update on digests for each row
	when (old.completed_at is null and new.completed_at is not null) execute function tell_of_finished();

-- Staff is told by mail of an address that was switched off as it takes nothing.
alter table staff_occasions drop constraint staff_occasions_kind_check;
alter table staff_occasions add constraint staff_occasions_kind_check check (
	kind in (
		'draft_ready', 'approval', 'source_broken', 'digest_stalled', 'digest_finished', 'returned_mail', 'signups',
		'import_finished', 'webhook_off'
	)
);
