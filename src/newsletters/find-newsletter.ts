import { AppError } from '../kernel/app-error.ts'
import type { DatabaseOrTransaction } from '../kernel/database.ts'
import type { Newsletter } from './newsletter.ts'
import { selectNewsletters } from './store.ts'

type Deps = { db: DatabaseOrTransaction }

/** The newsletter with this slug or id, if there is one. */
export async function findNewsletter(
	{ db }: Deps,
	by: { slug: string } | { id: number },
): Promise<Newsletter | undefined> {
	const [found] = await selectNewsletters(db, by)
	return found
}

/** The newsletter with this slug or id; throws `not_found` where there is none. */
export async function getNewsletter(deps: Deps, by: { slug: string } | { id: number }): Promise<Newsletter> {
	const found = await findNewsletter(deps, by)
	if (!found) throw noSuchNewsletter('slug' in by ? by.slug : String(by.id))
	return found
}

/** All newsletters, in the order of their slugs. */
export function listNewsletters({ db }: Deps): Promise<Newsletter[]> {
	return selectNewsletters(db, 'all')
}

export function noSuchNewsletter(slug: string): AppError {
	return new AppError('not_found', 'errors.newsletter.not_found', { params: { slug: slug.slice(0, 50) } })
}
