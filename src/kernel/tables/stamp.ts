import type { ColumnType } from 'kysely'

/** A time that SQL sets where none is given. */
export type Stamp = ColumnType<Date, Date | undefined, Date>
