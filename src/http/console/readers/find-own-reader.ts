import { maySee } from '../../../kernel/actor.ts'
import { listNewsletters, type Newsletter } from '../../../newsletters/index.ts'
import { getReaderOf } from '../../../subscriptions/index.ts'
import type { RequestContext } from '../../server/route.ts'
import { findOwnNewsletter } from '../describe-frame.ts'
import type { ReadersPageDeps } from './routes.ts'

/**
 * Whose page it is. `whole`: whether the member may see all newsletters that the person has or had. Throws `not_found`
 * where this newsletter is not the member's, or the person none of its readers.
 */
export async function findOwnReader(
	deps: ReadersPageDeps,
	request: RequestContext,
	{ slug, id }: { slug: string; id: number },
): Promise<{ newsletter: Newsletter; address: string; whole: boolean }> {
	const newsletter = await findOwnNewsletter(deps, request, slug)
	const { address, newsletters } = await getReaderOf(deps, { id, newsletter: newsletter.slug })
	const visible = (await listNewsletters(deps)).filter((each) => maySee(request.actor, each.id))
	const whole = newsletters.every((name) => visible.some((each) => each.slug === name))
	return { newsletter, address, whole }
}
