-- What a reader asks for on their page and proves by a link in a mail: another address, their data, or to be erased.
create table reader_requests (
	id bigint generated always as identity primary key,
	kind text not null check (kind in ('change_address', 'send_data', 'erase')),
	-- whose page it came from: its look and language are those of the mails
	subscription_id bigint not null references subscriptions on delete cascade,
	subscriber_id bigint not null references subscribers on delete cascade,
	-- the new address; a row of its own, which is forgotten where nobody confirms it
	new_subscriber_id bigint references subscribers on delete cascade,
	locale text not null,
	-- made when the mail is sent, by keyed hash
	token_hash text unique,
	created_at timestamptz not null,
	expires_at timestamptz not null,
	used_at timestamptz,
	-- how the old address takes a change of address back, and what there is to take back
	undo_token_hash text unique,
	moves jsonb,
	undone_at timestamptz,
	check ((kind = 'change_address') = (new_subscriber_id is not null))
);
create index reader_requests_subscriber on reader_requests (subscriber_id);
create index reader_requests_new_subscriber on reader_requests (new_subscriber_id) where new_subscriber_id is not null;
create index reader_requests_subscription on reader_requests (subscription_id);

alter table notices
	add column request_id bigint references reader_requests on delete cascade,
	drop constraint notices_kind_check,
	add constraint notices_kind_check check (kind in (
		'confirm', 'already_active', 'suppressed', 'change_address', 'address_changed', 'send_data', 'erase'
	));
create index notices_request on notices (request_id) where request_id is not null;

alter table consent_receipts
	drop constraint consent_receipts_action_check,
	add constraint consent_receipts_action_check check (action in (
		'requested', 'confirmed', 'unsubscribed', 'resubscribed', 'chosen', 'paused', 'resumed', 'moved', 'erased'
	));
