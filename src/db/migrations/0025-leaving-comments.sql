-- few people write why they leave: the newest are found without those who didn't
create index subscriptions_leaving_comments on subscriptions (newsletter_id, unsubscribed_at desc, id desc)
	where unsubscribe_comment is not null and state = 'unsubscribed';
