-- What may be sent again, found without reading a whole ledger.
create index deliveries_to_repeat on deliveries (digest_id, state) where state in ('refused', 'in_doubt');
