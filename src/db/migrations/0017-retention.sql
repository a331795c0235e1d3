-- When each kind of data was last gone through for what is too old to be kept, and how much went.
create table retention_runs (
	kind text primary key,
	applied_at timestamptz not null,
	removed bigint not null
);

create index notices_age on notices (created_at);
create index audit_entries_age on audit_entries (at);

-- A receipt is never changed, but once: to take the person out of it. One without a person may go.
create or replace function keep_receipts() returns trigger language plpgsql as $$
begin
	if tg_op = 'UPDATE' and old.address_hash is null and new.address_hash is not null
		and new.subscription_id is null and new.ip is null and new.choices is null
		and new.page = split_part(old.page, '?', 1)
		and (new.id, new.action, new.wording, new.wording_version, new.locale, new.at)
			is not distinct from (old.id, old.action, old.wording, old.wording_version, old.locale, old.at)
	then
		return new;
	end if;
	if tg_op = 'DELETE' and old.subscription_id is null then
		return old;
	end if;
	raise exception 'rows of % are append-only', tg_table_name;
end $$;

-- receipts of sign-ups that were forgotten before kept all they had, and whose they were is not known any more
update consent_receipts r set subscription_id = null, address_hash = 'forgotten:' || subscription_id, ip = null,
	choices = null, page = split_part(page, '?', 1)
where subscription_id is not null and not exists (select from subscriptions s where s.id = r.subscription_id);
