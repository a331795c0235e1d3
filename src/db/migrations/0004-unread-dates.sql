-- A date of a source's last reading that could not be read, as it stands there.
alter table sources add column unread_date text;
