-- Staff pages through readers in the order in which they signed up. Whatever else they filter by is looked for in a bounded
-- part of these, so that no page takes longer with a million readers.
create index subscriptions_joined on subscriptions (newsletter_id, created_at, id);
create index subscriptions_joined_locale on subscriptions (newsletter_id, locale, created_at, id);
create index subscriptions_joined_state on subscriptions (newsletter_id, state, created_at, id) where state <> 'active';
create index subscriptions_joined_paused on subscriptions (newsletter_id, created_at, id) where paused_until is not null;
create index subscriptions_joined_host on subscriptions (newsletter_id, source_host, created_at, id)
	where source_host is not null;
