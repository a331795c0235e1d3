-- Asked for without the solution that was asked of the browser: such mails have smaller caps of their own.
alter table notices add column unproven boolean not null default false;
