import type { Selectable } from 'kysely'
import type { CamelRow } from '../kernel/camel-row.ts'
import type { Tables } from '../kernel/tables.ts'

export type { SourceProblem } from '../kernel/tables/stories.ts'

/** A feed that a newsletter takes stories from, in one language. */
export type Source = CamelRow<Selectable<Tables['sources']>>
