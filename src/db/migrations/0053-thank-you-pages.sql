-- Where a form that was pasted on one of the newsletter's sites leads who has signed up; null: Envoi's own page.
alter table newsletter_texts add column thank_you_url text;
