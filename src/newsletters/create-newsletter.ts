import { recordAudit } from '../audit/index.ts'
import type { Actor } from '../kernel/actor.ts'
import { AppError, invalidField } from '../kernel/app-error.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import { completeRoundUp } from './complete-round-up.ts'
import { completeText } from './complete-text.ts'
import { getNewsletter } from './find-newsletter.ts'
import type { Newsletter } from './newsletter.ts'
import type { NewsletterInput } from './newsletter-input.ts'
import { requireOwnPages } from './require-own-pages.ts'
import { insertNewsletter, type NewsletterSettings, putText } from './store.ts'

type Deps = { db: Database; clock: Clock }

/**
 * Creates a newsletter; where only a name is given, the other texts are the defaults of the language.
 * Throws `conflict` where the slug is taken, `invalid` where the default language has no texts.
 */
export async function createNewsletter(
	{ db, clock }: Deps,
	input: NewsletterInput,
	actor: Actor,
): Promise<Newsletter> {
	const texts = Object.entries(input.texts).flatMap(([locale, text]) =>
		text ? [completeText(locale, text, undefined)] : [],
	)
	const defaultLocale = input.defaultLocale ?? texts[0]?.locale ?? ''
	if (!texts.some(({ locale }) => locale === defaultLocale)) throw noDefaultText()

	requireOwnPages({ sites: input.sites ?? [], texts })
	return db.transaction().execute(async (tx) => {
		const id = await insertNewsletter(tx, toSettings(input, defaultLocale, clock.now()))
		if (id === undefined) throw slugTaken(input.slug)
		for (const text of texts) await putText(tx, id, text)
		await recordAudit({ db: tx, clock }, { actor, action: 'create', subject: `newsletter:${input.slug}` })
		return getNewsletter({ db: tx }, { id })
	})
}

export function noDefaultText(): AppError {
	return invalidField('defaultLocale', 'errors.newsletter.default_locale')
}

function slugTaken(slug: string): AppError {
	return new AppError('conflict', 'errors.newsletter.slug_taken', {
		params: { slug },
		fields: [{ field: 'slug', message: 'errors.newsletter.slug_taken', params: { slug } }],
	})
}

function toSettings(input: NewsletterInput, defaultLocale: string, now: Date): NewsletterSettings {
	return {
		slug: input.slug,
		defaultLocale,
		fromAddress: input.fromAddress,
		replyTo: input.replyTo ?? null,
		postalAddress: input.postalAddress ?? null,
		contact: input.contact ?? null,
		listIdDomain: input.listIdDomain ?? input.fromAddress.slice(input.fromAddress.lastIndexOf('@') + 1),
		colour: input.colour ?? '#0b5cad',
		logoUrl: input.logoUrl ?? null,
		logo: null,
		sites: input.sites ?? [],
		storyLimit: input.storyLimit ?? 10,
		storyMaxAgeDays: input.storyMaxAgeDays ?? 30,
		storyOrder: input.storyOrder ?? 'newest_first',
		untranslated: input.untranslated ?? 'skip',
		welcome: input.welcome ?? false,
		needsApproval: input.needsApproval ?? false,
		archive: input.archive ?? 'public',
		signupAsks: input.signupAsks ?? [],
		schedule: input.schedule ?? null,
		roundUp: input.roundUp ? completeRoundUp(input.roundUp, null, input.schedule ?? null) : null,
		createdAt: now,
		updatedAt: now,
	}
}
