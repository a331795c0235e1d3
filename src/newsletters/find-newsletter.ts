import { AppError } from '../kernel/app-error.ts'
import type { Database, DatabaseOrTransaction } from '../kernel/database.ts'
import { inBatches } from '../kernel/in-batches.ts'
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

/** Gives the newsletter with this slug; throws `not_found` where there is none. */
export type ReadNewsletter = (slug: string) => Promise<Newsletter>

/** Those who ask at once share one look, which is taken after they have asked: nobody gets what is no longer true. */
export function createReadNewsletter({ db }: { db: Database }): ReadNewsletter {
	const find = inBatches(async (slugs: readonly string[]) => {
		const found = await selectNewsletters(db, { slugs: [...new Set(slugs)] })
		const bySlug = new Map(found.map((newsletter) => [newsletter.slug, newsletter]))
		return slugs.map((slug) => bySlug.get(slug))
	}, 100)
	return async (slug) => {
		const found = await find(slug)
		if (!found) throw noSuchNewsletter(slug)
		return found
	}
}

/** All newsletters, in the order of their slugs. */
export function listNewsletters({ db }: Deps): Promise<Newsletter[]> {
	return selectNewsletters(db, 'all')
}

export function noSuchNewsletter(slug: string): AppError {
	return new AppError('not_found', 'errors.newsletter.not_found', { params: { slug: slug.slice(0, 50) } })
}
