-- Mails to one person that no sign-up asked for directly: null for those that answer one, or a request.
alter table notices
	add column purpose text check (purpose in ('reminder', 'lost_link', 'welcome')),
	drop constraint notices_kind_check,
	add constraint notices_kind_check check (kind in (
		'confirm', 'already_active', 'suppressed', 'change_address', 'address_changed', 'send_data', 'erase',
		'reminder', 'choices', 'welcome'
	));
create unique index notices_once_due on notices (subscription_id, purpose) where purpose is not null and state = 'due';

-- whether who has confirmed is sent a welcome
alter table newsletters add column welcome boolean not null default false;

-- who has not confirmed is reminded, and then forgotten
create index subscriptions_pending on subscriptions (updated_at) where state = 'pending';
