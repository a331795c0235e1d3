import { findChanges, recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import { AppError, invalidField } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { Logo, RasteriseLogo } from '../../kernel/rasterise-logo.ts'
import { noSuchNewsletter } from '../find-newsletter.ts'
import type { Newsletter } from '../newsletter.ts'
import { settingsOf } from '../settings-of.ts'
import { selectNewsletters, updateNewsletter } from '../store.ts'
import { insertLogo, selectLogo } from './store.ts'

type Deps = { db: Database; clock: Clock; rasteriseLogo: RasteriseLogo }

/** A look as it is asked for: `logo` as it was uploaded, null to have none any more, undefined to keep the one there is. */
export type LookWish = { colour: string; logo: Buffer | null | undefined }

/**
 * Changes colour and logo of a newsletter. An uploaded logo takes the place of a picture at an address elsewhere. Throws
 * `invalid` for a picture that can't be one, `not_found`.
 */
export async function changeLook(
	{ db, clock, rasteriseLogo }: Deps,
	slug: string,
	{ colour, logo: uploaded }: LookWish,
	actor: Actor,
): Promise<void> {
	const logo = uploaded ? await readLogo({ rasteriseLogo }, uploaded) : uploaded
	await db.transaction().execute(async (tx) => {
		const [before] = await selectNewsletters(tx, { slug, lock: true })
		if (!before) throw noSuchNewsletter(slug)
		if (logo) await insertLogo(tx, logo)
		const after = withLook(before, { colour, logo })
		await updateNewsletter(tx, before.id, { ...after, updatedAt: clock.now() })
		const changes = findChanges(settingsOf(before), settingsOf(after))
		const entry = { actor, action: 'change-look' as const, subject: `newsletter:${slug}`, changes }
		await recordAudit({ db: tx, clock }, entry)
	})
}

/** The newsletter as it would look. */
export function withLook<Known extends Newsletter>(
	newsletter: Known,
	{ colour, logo }: { colour: string; logo: Omit<Logo, 'png'> | null | undefined },
): Known {
	if (logo === undefined) return { ...newsletter, colour }
	const kept = logo && { hash: logo.hash, width: logo.width, height: logo.height }
	return { ...newsletter, colour, logo: kept, logoUrl: null }
}

/** Throws `invalid`, about the field `logo`, where the picture can't be one. */
export async function readLogo({ rasteriseLogo }: Pick<Deps, 'rasteriseLogo'>, bytes: Buffer): Promise<Logo> {
	const made = await rasteriseLogo(bytes)
	if (made.ok) return made.logo
	throw invalidField('logo', `errors.logo.${made.problem}`)
}

/** The PNG of a logo that some newsletter has or had; throws `not_found`. */
export async function getLogo({ db }: Pick<Deps, 'db'>, hash: string): Promise<Buffer> {
	const png = await selectLogo(db, hash)
	if (png) return png
	throw new AppError('not_found', 'errors.not_found')
}
