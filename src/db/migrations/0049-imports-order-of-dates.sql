-- How the order of a file's days is known: what was guessed before counts as usual in its language, and is judged at the next check.
update imports set shape = shape || '{"dateOrderBy": "language", "dateOrderLine": null}' where shape <> '{}';
