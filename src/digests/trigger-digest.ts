import { randomBytes } from 'node:crypto'
import { recordAudit } from '../audit/index.ts'
import type { JobCatalog } from '../jobs/catalog.ts'
import type { Actor } from '../kernel/actor.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../kernel/database.ts'
import type { DigestTrigger } from '../kernel/enumerations.ts'
import type { Jobs } from '../kernel/jobs.ts'
import type { Log } from '../kernel/log.ts'
import { getNewsletter, lockNewsletter, type Newsletter } from '../newsletters/index.ts'
import { addUsualProfiles } from '../subscriptions/index.ts'
import { keepPages } from './archive/keep-pages.ts'
import { type Chosen, chooseDigest } from './choosing/choose-digest.ts'
import { insertDigestProfiles } from './choosing/store/profiles.ts'
import { usualOf } from './choosing/usual-of.ts'
import type { Digest, Rendition } from './digest.ts'
import { explainLeftOut, type LeftOut } from './left-out/explain-left-out.ts'
import { getDigest } from './list-digests.ts'
import { newsletterFor } from './newsletter-for.ts'
import { measurePictures } from './pictures/measure-pictures.ts'
import { choosingOf, type PreviewOptions } from './preview-digest.ts'
import { type RenderDeps, renderDigest } from './render-digest.ts'
import { requireSender } from './require-sender.ts'
import { findTriggered, insertDigest } from './store/digests.ts'
import { insertVariants } from './store/renditions.ts'

export type TriggerDeps = RenderDeps & {
	db: Database
	clock: Clock
	log: Log
	jobs: Pick<Jobs<JobCatalog>, 'enqueue'>
}

export type TriggerRequest = PreviewOptions & {
	/** Who wants it; its newsletter’s schedule writes no entry into the audit. */
	by: Actor | 'schedule'
	/** The same key twice triggers once; a key is the trigger's own. */
	key?: string
	/** Tells whether a repeated key comes with the same request. */
	fingerprint?: string
	/** What is to be written down together with the digest, or not at all; what it throws keeps the digest from being made. */
	alongside?: (tx: DatabaseOrTransaction, triggered: Triggered) => Promise<void>
}

export type Triggered =
	| { kind: 'created'; digest: Digest; leftOut: LeftOut[] }
	/** The key has triggered this one before. */
	| { kind: 'existing'; digest: Digest }
	| { kind: 'nothing_new' }

/**
 * Makes a digest of what is new and hands it on to be planned and sent. Two triggers at once don't take the same story.
 * Throws `conflict` where postal address or contact are missing, or where the key came with another request before.
 * Where a mail can't be compiled nothing is stored.
 */
export async function triggerDigest(
	deps: TriggerDeps,
	newsletterId: number,
	request: TriggerRequest,
): Promise<Triggered> {
	await lookAtPictures(deps, newsletterId, request)
	const triggered = await deps.db.transaction().execute(async (tx) => {
		const made = await createOnce(deps, tx, newsletterId, request)
		await request.alongside?.(tx, made)
		return made
	})
	const trigger = { newsletterId, trigger: triggerOf(request) }
	switch (triggered.kind) {
		case 'created':
			deps.log.info({ ...trigger, digestId: triggered.digest.id }, 'a digest was made')
			await deps.jobs.enqueue(
				'plan-digest',
				{ digestId: triggered.digest.id },
				{ dedupe: String(triggered.digest.id) },
			)
			break
		case 'existing':
			deps.log.info({ ...trigger, digestId: triggered.digest.id }, 'a digest was triggered a second time')
			break
		case 'nothing_new':
			deps.log.info(trigger, 'no digest was made: there are no new stories')
	}
	return triggered
}

/** How the digest remembers who wanted it. */
function triggerOf({ by }: TriggerRequest): DigestTrigger {
	if (by === 'schedule') return 'schedule'
	return by.kind === 'key' ? 'api' : 'staff'
}

/** The network is asked before anything is locked; what keeps a digest from being made is told inside. */
async function lookAtPictures(
	deps: TriggerDeps,
	newsletterId: number,
	request: TriggerRequest,
): Promise<void> {
	try {
		const { kind = 'each' } = request
		const now = deps.clock.now()
		const kept = await getNewsletter(deps, { id: newsletterId })
		const newsletter = await newsletterFor(deps.db, kept, { kind, now })
		const choosing = { now, ...choosingOf(request), onlyProfiles: true }
		const { variants } = await chooseDigest(deps.db, newsletter, choosing)
		await measurePictures(deps, [...variants.values()])
	} catch (error) {
		if (!(error instanceof AppError)) throw error
	}
}

async function createOnce(
	deps: TriggerDeps,
	tx: DatabaseOrTransaction,
	newsletterId: number,
	request: TriggerRequest,
): Promise<Triggered> {
	await lockNewsletter(tx, newsletterId)
	const newsletter = await getNewsletter({ db: tx }, { id: newsletterId })
	const key = request.key === undefined ? null : `${triggerOf(request)}:${request.key}`
	const fingerprint = request.fingerprint ?? null
	const before = key === null ? undefined : await findTriggered(tx, newsletterId, key)
	if (before) {
		if (before.fingerprint !== fingerprint) throw new AppError('conflict', 'errors.digest.key_reused')
		return { kind: 'existing', digest: await getDigest({ db: tx }, before.id) }
	}

	const now = deps.clock.now()
	const { kind = 'each' } = request
	const sender = await newsletterFor(tx, requireSender(newsletter), { kind, now })
	await addUsualProfiles(
		tx,
		newsletterId,
		sender.texts.map(({ locale }) => locale),
		kind,
	)
	const {
		storyIds,
		subject,
		preheader,
		introduction,
		edits,
		own,
		again,
		by,
		isLetter = false,
		corrects = null,
	} = request
	const words = { subject, preheader, introduction, edits }
	const chosen = await chooseDigest(tx, sender, { now, ...choosingOf(request) })
	if (chosen.variants.size === 0) return { kind: 'nothing_new' }
	if (kind === 'round_up' && chosen.profiles.every(({ profile }) => profile.readers === 0)) {
		if (by === 'schedule') return { kind: 'nothing_new' }
		throw new AppError('conflict', 'errors.digest.nobody_wants_round_up')
	}
	const publicId = randomBytes(16).toString('base64url')
	const variants = [...chosen.variants.values()]
	const renditions = await renderDigest(deps, sender, variants, { now, publicId, ...words })
	const leftOut = await leftOutFor(tx, sender, request, { now, chosen, renditions })
	const trigger = triggerOf(request)
	const wish = { storyIds, own, again, ...words }
	const id = await insertDigest(tx, {
		newsletterId,
		kind,
		isLetter,
		corrects,
		publicId,
		trigger,
		key,
		fingerprint,
		now,
		wish,
	})
	await keepVariants(tx, id, chosen, renditions)
	await keepPages(tx, sender, { digestId: id, isLetter, introduction, now, chosen, renditions })
	if (by !== 'schedule') {
		await recordAudit({ ...deps, db: tx }, { actor: by, action: 'send', subject: `digest:${id}` })
	}
	return { kind: 'created', digest: await getDigest({ db: tx }, id), leftOut }
}

/** Told to people only: a schedule has nobody who asks. */
async function leftOutFor(
	tx: DatabaseOrTransaction,
	newsletter: Newsletter,
	{ by, storyIds }: TriggerRequest,
	{ now, ...made }: { now: Date; chosen: Chosen; renditions: readonly Rendition[] },
): Promise<LeftOut[]> {
	if (by === 'schedule') return []
	return explainLeftOut(tx, newsletter, { now, storyIds, ...usualOf(made.chosen, made.renditions) })
}

async function keepVariants(
	tx: DatabaseOrTransaction,
	digestId: number,
	{ variants, profiles }: Chosen,
	renditions: readonly Rendition[],
): Promise<void> {
	const ids = await insertVariants(tx, digestId, renditions)
	const idOf = new Map([...variants.keys()].map((key, index) => [key, ids[index]]))
	const decided = profiles.flatMap(({ profile, key }) =>
		profile.id === null ? [] : [{ profileId: profile.id, variantId: idOf.get(key ?? '') ?? null }],
	)
	await insertDigestProfiles(tx, digestId, decided)
}
