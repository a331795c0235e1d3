-- What proves the consent of a person who was erased stays without the person: by newsletter and keyed hash of the address.
alter table consent_receipts
	alter column subscription_id drop not null,
	add column newsletter_id bigint,
	add column address_hash text,
	drop constraint consent_receipts_action_check,
	add constraint consent_receipts_action_check check (
		action in ('requested', 'confirmed', 'unsubscribed', 'resubscribed', 'chosen', 'paused', 'resumed', 'erased')
	),
	add constraint consent_receipts_whose check ((subscription_id is null) = (address_hash is not null));
create index consent_receipts_address on consent_receipts (address_hash) where address_hash is not null;

-- A receipt is never changed, but once: to take the person out of it.
create function keep_receipts() returns trigger language plpgsql as $$
begin
	if tg_op = 'UPDATE' and old.address_hash is null and new.address_hash is not null
		and new.subscription_id is null and new.ip is null and new.choices is null
		and new.page = split_part(old.page, '?', 1)
		and (new.id, new.action, new.wording, new.wording_version, new.locale, new.at)
			is not distinct from (old.id, old.action, old.wording, old.wording_version, old.locale, old.at)
	then
		return new;
	end if;
	raise exception 'rows of % are append-only', tg_table_name;
end $$;
drop trigger consent_receipts_append_only on consent_receipts;
create trigger consent_receipts_append_only before update or delete on consent_receipts
	for each row execute function keep_receipts();
drop function refuse_change();

-- An erased address is not mailed, whatever is imported, until its owner signs up and confirms anew.
alter table suppressions
	drop constraint suppressions_reason_check,
	add constraint suppressions_reason_check
		check (reason in ('dead_address', 'mailbox_unusable', 'complaint', 'staff', 'erased'));

-- Staff finds a person by the beginning of the address.
create index subscribers_beginning on subscribers (comparable_address text_pattern_ops);
