-- What an API key may do; null, as for all keys made before, stands for everything.
alter table api_keys add column scopes text[];
