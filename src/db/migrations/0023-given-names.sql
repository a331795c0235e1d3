-- What a person wishes to be called: asked for by newsletters that want it, and shown in the greeting of their digests.
alter table subscribers add column given_name text check (char_length(given_name) between 1 and 60);

alter table newsletters
	drop constraint newsletters_signup_asks_check,
	add constraint newsletters_signup_asks_check check (signup_asks <@ array['topics', 'language', 'given_name']);

-- that a name was changed; never to what
alter table consent_receipts
	drop constraint consent_receipts_action_check,
	add constraint consent_receipts_action_check check (action in (
		'requested', 'confirmed', 'unsubscribed', 'resubscribed', 'chosen', 'paused', 'resumed', 'named', 'moved', 'erased'
	));
