-- Whom a provider of OpenID Connect says that a member is: its own number for the person, which stays when an address
-- changes or goes to somebody else.
alter table staff_members add column open_id_issuer text;
alter table staff_members add column open_id_subject text;
create unique index staff_members_open_id on staff_members (open_id_issuer, open_id_subject);
