-- which digest somebody left from stands at the end of what the receipt has as its page
create function digest_left_from(page text) returns int language sql immutable as $$
	select substring(page from '\(digest (\d+)\)$')::int
$$;

create index consent_receipts_left_from on consent_receipts (digest_left_from(page))
	where action = 'unsubscribed' and digest_left_from(page) is not null;
