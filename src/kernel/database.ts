import type { Kysely, Transaction } from 'kysely'
import type { Tables } from './tables.ts'

/** A connection to the database: everything but a transaction can be started on it. */
export type Database = Kysely<Tables>

/** What inner functions take: the outer one decides whether it is a transaction. */
export type DatabaseOrTransaction = Kysely<Tables> | Transaction<Tables>
