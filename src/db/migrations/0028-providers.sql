-- The mail providers of a digest's readers: the largest have a place of their own, from 1 on; 0 is all others.
create table digest_providers (
	digest_id bigint not null references digests on delete cascade,
	place smallint not null,
	-- a provider's name, or a domain; empty for the others
	name text not null,
	-- how many domains they are
	domains integer not null,
	planned integer not null,
	primary key (digest_id, place)
);

-- Null in rows of older versions.
alter table deliveries add column provider smallint;

-- What became of a digest's deliveries at each provider, kept as in `delivery_tallies`, but for what is still to go: that is
-- the rest.
create table provider_tallies (
	digest_id bigint not null,
	backend integer not null,
	provider smallint not null,
	state delivery_state not null,
	count bigint not null,
	primary key (digest_id, backend, provider, state)
) with (fillfactor = 50);

create or replace function tally_deliveries() returns trigger language plpgsql as $$
begin
	insert into delivery_tallies as t (digest_id, backend, state, reason, count, progress_at)
	select digest_id, pg_backend_pid(), state, reason, sum(sign), case
		when sum(sum(sign) filter (where state in ('planned', 'sending'))) over digest < 0
			or bool_or(bool_or(put_off)) over digest
		then clock_timestamp()
	end
	from (
		select digest_id, state, case when state = 'excluded' then coalesce(reply, '') else '' end as reason,
			1 as sign, state = 'planned' and due_at > now() as put_off
		from changed_to
		union all
		select digest_id, state, case when state = 'excluded' then coalesce(reply, '') else '' end, -1, false
		from changed_from
	) changes
	group by digest_id, state, reason
	having sum(sign) <> 0 or bool_or(put_off)
	window digest as (partition by digest_id)
	on conflict (digest_id, backend, state, reason) do update set
		count = t.count + excluded.count, progress_at = coalesce(excluded.progress_at, t.progress_at);

	insert into provider_tallies as t (digest_id, backend, provider, state, count)
	select digest_id, pg_backend_pid(), provider, state, sum(sign)
	from (
		select digest_id, provider, state, 1 as sign from changed_to
		where state not in ('planned', 'sending') and provider is not null
		union all
		select digest_id, provider, state, -1 from changed_from
		where state not in ('planned', 'sending') and provider is not null
	) changes
	group by digest_id, provider, state
	having sum(sign) <> 0
	on conflict (digest_id, backend, provider, state) do update set count = t.count + excluded.count;
	return null;
end $$;
