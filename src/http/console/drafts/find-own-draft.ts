import { type Draft, getDraft } from '../../../digests/index.ts'
import { maySee } from '../../../kernel/actor.ts'
import { AppError } from '../../../kernel/app-error.ts'
import type { Database } from '../../../kernel/database.ts'
import { getNewsletter, type Newsletter } from '../../../newsletters/index.ts'
import type { RequestContext } from '../../server/route.ts'

export type OwnDraft = { draft: Draft; newsletter: Newsletter }

/** A draft and its newsletter; throws `not_found` where there is none that the member may see. */
export async function findOwnDraft(
	{ db }: { db: Database },
	request: RequestContext,
	id: number,
): Promise<OwnDraft> {
	const draft = await getDraft({ db }, id)
	if (!maySee(request.actor, draft.newsletterId)) throw new AppError('not_found', 'errors.draft.not_found')
	return { draft, newsletter: await getNewsletter({ db }, { id: draft.newsletterId }) }
}

/** Where a draft leads that was sent or thrown away; undefined while it is neither. */
export function pageAfter({ draft, newsletter }: OwnDraft): { redirect: string } | undefined {
	if (draft.state === 'open' || draft.state === 'starting') return undefined
	return {
		redirect: draft.digestId
			? `/console/digests/${draft.digestId}`
			: `/console/newsletters/${newsletter.slug}`,
	}
}
